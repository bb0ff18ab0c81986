import { chainHash, chainStart, markBytes, markOf } from '../audit/chain.ts';
import { readTrail, type AuditTrail, type SealedPlace } from '../audit/read-trail.ts';
import { origin, type LoggedEvent } from '../port.ts';
import { cursorOf, eventSelect } from '../rows.ts';
import { inPages, type Check, type Offenders, type Snapshot } from './check.ts';
import { readableEvent } from './readable-event.ts';

/** Of a stretch that was touched so many events are looked at to say how. */
const mostCompared = 5000;

/** How much is covered, and since when nothing more. */
type ChainReport = { readonly sealed: number; readonly unsealed: number; readonly since: string | null };

/** 15: the log is what was sealed. */
export const auditHolds: Check = async (snapshot, offenders) => {
  const { audit } = snapshot;
  if (audit === undefined) return { cannot: true, note: 'needs the checkpoint file' };
  if (audit === null) return withoutFile(snapshot, offenders);
  const { sealed, unsealed, since } = await checkChain(snapshot, audit, offenders);
  const newest = unsealed === 0 ? '' : `, the newest ${unsealed} are not sealed yet`;
  return { note: `${sealed} events sealed${since === null ? '' : ` up to ${since}`}${newest}` };
};

/** A store that has never been sealed has no file. One that tells of checkpoints has lost it, or it lies on another machine. */
const withoutFile = async ({ read, on }: Snapshot, offenders: Offenders) => {
  const rows = await read(`select id from event where type = 'system.checkpointed' limit 1`);
  if (rows.length === 0) return { cannot: true, note: 'nothing is sealed yet' } as const;
  if (on.name === 'sqlite') offenders.add('the checkpoint file is gone, and the log tells of checkpoints');
  return {
    cannot: true,
    note: 'the checkpoints lie where the orchestrator runs; give --checkpoints and --public-key',
  } as const;
};

/**
 * Hashes the whole log again and compares it with every checkpoint. Where a hash differs, the marks tell from which event on; then the
 * chain is taken up again at the next checkpoint whose event is there, so that each touched place is told.
 */
const checkChain = async (snapshot: Snapshot, trail: AuditTrail, offenders: Offenders): Promise<ChainReport> => {
  for (const fault of trail.faults) offenders.add(fault);
  const walk = createWalk(trail.places);
  const told = new Map<string, number>();
  for await (const event of logOf(snapshot)) {
    const bad = walk.follow(event);
    if (bad) offenders.add(await describe(bad, snapshot));
    const checkpoint = checkpointOf(event, trail.key);
    if (checkpoint) told.set(checkpoint.hash, checkpoint.count);
  }
  const { bad, unsealed } = walk.end();
  if (bad) offenders.add(await describe(bad, snapshot));
  const last = trail.places.at(-1);
  // The file is written before the log is told, and what was sealed while we looked is in it by now. A copy may be older.
  const now = trail.files.copied ? trail : ((await readTrail(trail.files)) ?? trail);
  for (const { hash } of now.places) told.delete(hash);
  for (const [, count] of told)
    if (!trail.files.copied || count <= (last?.count ?? 0))
      offenders.add(`${trail.files.checkpoints} lacks the checkpoint at ${count}, which the log tells of`);
  return { sealed: last?.count ?? 0, unsealed, since: last?.at ?? null };
};

/** All events in the order of the log. */
async function* logOf(snapshot: Snapshot): AsyncGenerator<LoggedEvent> {
  const { on } = snapshot;
  const rows = inPages(snapshot, (last) => {
    const from = on.after(last ? cursorOf(last) : origin);
    return {
      sql: `select ${eventSelect} from event where ${from.sql} order by ${on.order('forwards')}`,
      values: from.values,
    };
  });
  for await (const row of rows) yield readableEvent(row);
}

/** A stretch of the log that is not what was sealed. */
type BadStretch = {
  /** The events since the first that differs, as they are now; the beginning of them. */
  readonly events: readonly LoggedEvent[];
  /** How many there are now, and how many there were, from the first that differs to the checkpoint that ends the stretch. */
  readonly found: number;
  readonly sealed: number;
  /** The number of the first event that differs; the checkpoints around it. Without marks: the first event of the stretch. */
  readonly number: number;
  readonly after: number;
  readonly upTo: SealedPlace;
  /** The hash before the first that differs, and the mark that its own should have. */
  readonly before: string;
  readonly mark: string | null;
  /** The log ends before the event that ends the stretch. */
  readonly isEnd: boolean;
};

const createWalk = (places: readonly SealedPlace[]) => {
  const placeOf = new Map(places.map((place, index) => [place.eventId, index]));
  let next = 0;
  let hash = chainStart;
  let count = 0;
  let start = 0;
  /** Set while the hashes differ from the sealed ones. */
  let lost: { events: LoggedEvent[]; found: number; number: number; before: string; mark: string | null } | null = null;

  const markAt = (number: number): string | null => {
    const place = places[next];
    if (!place) return null;
    const first = place.count - place.marks.length / markBytes + 1;
    const at = (number - first) * markBytes;
    return at < 0 ? null : place.marks.toString('hex', at, at + markBytes);
  };

  const stretchTo = (place: SealedPlace, isEnd: boolean): BadStretch | null =>
    lost && { ...lost, sealed: place.count - lost.number + 1, after: start, upTo: place, isEnd };

  const resumeAt = (index: number): void => {
    const place = places[index];
    if (!place) return;
    [hash, count, start, next, lost] = [place.hash, place.count, place.count, index + 1, null];
  };

  const follow = (event: LoggedEvent): BadStretch | null => {
    const place = places[next];
    if (!place) {
      count += 1;
      return null;
    }
    if (!lost) {
      const before = hash;
      hash = chainHash(hash, event);
      count += 1;
      const mark = markAt(count);
      const isPlace = count === place.count;
      const differs = (mark !== null && mark !== markOf(hash)) || (isPlace && hash !== place.hash);
      if (!differs) {
        if (isPlace) resumeAt(next);
        return null;
      }
      lost = { events: [], found: 0, number: count, before, mark };
    }
    lost.found += 1;
    if (lost.events.length < mostCompared) lost.events.push(event);
    const index = placeOf.get(event.id);
    if (index === undefined || index < next) return null;
    const reached = places[index];
    const bad = reached ? stretchTo(reached, false) : null;
    resumeAt(index);
    return bad;
  };

  const end = (): { readonly bad: BadStretch | null; readonly unsealed: number } => {
    const last = places.at(-1);
    if (next >= places.length || !last) return { bad: null, unsealed: count - (last?.count ?? 0) };
    // The chain was whole up to here, and here the log ends: the tail is cut.
    lost ??= { events: [], found: 0, number: count + 1, before: hash, mark: null };
    return { bad: stretchTo(last, true), unsealed: 0 };
  };

  return { follow, end };
};

/** One sentence: where, what stands there now, and what was done as far as hashes and versions can tell. */
const describe = async (bad: BadStretch, snapshot: Snapshot): Promise<string> => {
  const [first, second] = bad.events;
  const where = `number ${bad.number} of the log, sealed between the checkpoints at ${bad.after} and ${bad.upTo.count}`;
  const missing = bad.sealed - bad.found;
  if (!first)
    return `the log ends before ${where}: the last ${missing} sealed events up to ${bad.upTo.eventId} are gone`;
  const name = nameOf(first);
  const moved = bad.mark === null ? undefined : bad.events.find((it) => markOf(chainHash(bad.before, it)) === bad.mark);
  const tail = bad.isEnd ? ', and the log ends before the last checkpoint' : '';
  if (missing < 0)
    return moved && moved === second
      ? `${name} was inserted as ${where}`
      : `${name} is not what was sealed as ${where}: ${-missing} more events than were sealed${tail}`;
  if (missing > 0)
    return `${await withFewer(bad, { first, missing, where, moved: moved !== undefined }, snapshot)}${tail}`;
  return moved
    ? `${name} stands as ${where} where ${nameOf(moved)} was sealed: the order was changed`
    : `${name} was changed; it is ${where}${tail}`;
};

/**
 * Where events are missing, the marks do not tell which. A single one stood at the first number that differs for certain only where what stands there
 * now has lost the version before it; else it may have stood further on, and what stands there now was changed.
 */
const withFewer = async (
  { events }: BadStretch,
  told: { readonly first: LoggedEvent; readonly missing: number; readonly where: string; readonly moved: boolean },
  snapshot: Snapshot,
): Promise<string> => {
  const { first, missing, where, moved } = told;
  const gaps = await gapsIn(events, snapshot);
  const gone = gaps.map(({ stream, version }) => `${stream} version ${version}`);
  if (missing === 1 && !moved && gaps[0]?.stream === first.stream && gaps[0].version === first.version - 1)
    return `${gone[0] ?? ''} was removed at ${where}; ${nameOf(first)} stands there now`;
  const among = gone.length > 0 ? `, ${missing === 1 ? '' : 'among them '}${gone.join(', ')}` : '';
  return `the chain fits no more from ${where}; ${nameOf(first)} stands there now, and ${missing} of the sealed events from there on ${missing === 1 ? 'is' : 'are'} gone${among}`;
};

const nameOf = (event: LoggedEvent): string =>
  `event ${event.id} (${event.type}, ${event.stream} version ${event.version})`;

type Gap = Pick<LoggedEvent, 'stream' | 'version'>;

/** Versions that are missing right before events of the stretch. */
const gapsIn = async (events: readonly LoggedEvent[], { read }: Snapshot): Promise<readonly Gap[]> => {
  const gaps: Gap[] = [];
  const seen = new Map<string, number>();
  for (const { stream, version } of events) {
    const last = seen.get(stream);
    if (last === undefined && seen.size === 500) break;
    seen.set(stream, version);
    const isGap = last === undefined ? version > 1 && !(await isThere(stream, version - 1, read)) : version > last + 1;
    if (isGap) gaps.push({ stream, version: version - 1 });
    if (gaps.length === 3) break;
  }
  return gaps;
};

const isThere = async (stream: string, version: number, read: Snapshot['read']): Promise<boolean> =>
  (await read('select 1 as there from event where stream = ? and version = ?', [stream, version])).length > 0;

/** What an event tells of a checkpoint that was made with this key. */
const checkpointOf = (event: LoggedEvent, key: string): { readonly count: number; readonly hash: string } | null => {
  if (event.type !== 'system.checkpointed') return null;
  const { count, hash, key: signer } = event.data;
  return signer === key ? { count, hash } : null;
};
