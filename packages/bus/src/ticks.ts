import { Cron } from 'croner';
import { HiveError } from '@hive/errors';
import type { MissedPolicy, Timing } from '@hive/events';

/** A moment that is answered within this time was not missed. */
const lateMs = 60_000;

/** No clock is set back by more. */
const setBackMs = 3 * 60 * 60_000;

/** No zone is further from UTC. */
const farthestMs = 15 * 60 * 60_000;

const invalid = (message: string) => new HiveError('input.invalid', message);

/** What the hands of a clock show, written as if it were UTC: there every time exists, and once. */
const cronOf = (cron: string): Cron => new Cron(cron, { timezone: 'UTC', paused: true, mode: '5-part' });

/** Throws `input.invalid` for a zone that nobody knows, for what are not five cron fields, and for fields that never come true. */
export const assertTiming = (timing: Timing): void => {
  if ('at' in timing) return;
  const { cron, zone } = timing;
  if (!isZone(zone))
    throw invalid(`There is no time zone ${zone}; name one as the IANA does, for example Europe/Berlin or UTC`);
  if (cron.trim().split(/\s+/).length !== 5)
    throw invalid(
      `"${cron}" has to have five fields (minute, hour, day of the month, month, day of the week), for example "0 22 * * 1-5"`,
    );
  fields.forEach(([name, range], place) => assertField(cron, { name, range, place }));
  if (cronOf(cron).nextRun(new Date(0)) === null) throw invalid(`"${cron}" never comes: no day fits it`);
};

const fields = [
  ['minute', '0 to 59'],
  ['hour', '0 to 23'],
  ['day of the month', '1 to 31'],
  ['month', '1 to 12 or JAN to DEC'],
  ['day of the week', '0 to 7 or SUN to SAT'],
] as const;

/** Tries one field beside four that fit always: the parser counts in its own way, so what it says of a value is not what was written. */
const assertField = (
  cron: string,
  { name, range, place }: { readonly name: string; readonly range: string; readonly place: number },
): void => {
  const found = cron.trim().split(/\s+/)[place] ?? '';
  try {
    cronOf(fields.map((_, index) => (index === place ? found : '*')).join(' '));
  } catch {
    throw invalid(
      `"${cron}" is no cron expression: the ${name} takes ${range}, alone or in lists, ranges and steps, and found ${found}`,
    );
  }
};

const isZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[A-Za-z]/.test(zone);
  } catch {
    return false;
  }
};

/**
 * The next moment after `after` (ISO), null when none will come. Fields are read on the clock of the zone: times that the clock leaps over
 * come at the first moment after the leap, all of them once, and one that it shows twice comes the first time only.
 */
export const nextTick = (timing: Timing, after: string): string | null => {
  if ('at' in timing) return timing.at > after ? timing.at : null;
  const cron = cronOf(timing.cron);
  const clock = clockOf(timing.zone);
  const from = Date.parse(after);
  let shown = cron.nextRun(new Date(clock.shownAt(from)));
  for (; shown !== null; shown = cron.nextRun(shown)) {
    const tick = tickOf(shown.getTime(), { timing, cron, clock });
    if (tick !== null && tick > from) return new Date(tick).toISOString();
  }
  return null;
};

/** The last `most` moments after `since` and up to `until`, oldest first. */
export const lastTicks = (
  timing: Timing,
  { since, until, most }: { since: string; until: string; most: number },
): string[] => {
  if ('at' in timing) return timing.at > since && timing.at <= until ? [timing.at] : [];
  const cron = cronOf(timing.cron);
  const clock = clockOf(timing.zone);
  const found: number[] = [];
  // The moment before a whole second is asked for, and the last time that was shown may be one.
  let before = new Date(Math.floor(clock.lastShownBy(Date.parse(until)) / 1000) * 1000 + 1000);
  while (found.length < most) {
    const [shown] = cron.previousRuns(1, before);
    if (!shown) break;
    before = shown;
    const tick = tickOf(shown.getTime(), { timing, cron, clock });
    if (tick === null || tick > Date.parse(until) || tick === found[0]) continue;
    if (tick <= Date.parse(since)) break;
    found.unshift(tick);
  }
  return found.map((tick) => new Date(tick).toISOString());
};

/** What to do about the moments between the last one that was answered and now: answer these, oldest first, and pass over that one. */
export type Due = { readonly fire: readonly string[]; readonly skip: string | null };

/** Decides by the policy of the schedule. `since` is the last moment that was answered, else when it was made. Pure. */
export const dueTicks = (timing: Timing, missed: MissedPolicy, { since, now }: { since: string; now: string }): Due => {
  const most = missed.policy === 'all' ? missed.most : 1;
  const ticks = lastTicks(timing, { since, until: now, most });
  const [latest] = ticks.slice(-1);
  const isLate = latest !== undefined && Date.parse(now) - Date.parse(latest) > lateMs;
  return missed.policy === 'skip' && isLate ? { fire: [], skip: latest } : { fire: ticks, skip: null };
};

/** When a time of the expression comes; null when the clock leaps over it and nothing is lost, since each hour has one. */
const tickOf = (
  shown: number,
  { timing, cron, clock }: { readonly timing: { readonly cron: string }; readonly cron: Cron; readonly clock: Clock },
): number | null => {
  const at = clock.firstAt(shown);
  const landed = clock.shownAt(at);
  if (landed === shown || timing.cron.trim().split(/\s+/)[1] !== '*') return at;
  const next = cron.nextRun(new Date(landed - 1));
  return next !== null && next.getTime() - landed < 60 * 60_000 ? null : at;
};

type Clock = ReturnType<typeof clockOf>;

/** The clock of a zone: moments in milliseconds, and what it shows as if that were UTC. */
const clockOf = (zone: string) => {
  const offset = offsetIn(zone);
  return {
    shownAt: (at: number): number => at + offset(at),
    /** The latest time that it has shown by then. */
    lastShownBy: (at: number): number => at + Math.max(offset(at), offset(at - setBackMs)),
    /** When it first shows this time, or a later one. */
    firstAt: (shown: number): number => {
      let [before, change] = [shown - farthestMs, shown + farthestMs];
      const [old, changed] = [offset(before), offset(change)];
      if (old === changed) return shown - old;
      while (change - before > 1000) {
        const middle = Math.floor((before + change) / 2000) * 1000;
        if (offset(middle) === old) before = middle;
        else change = middle;
      }
      return shown - old < change ? shown - old : Math.max(change, shown - changed);
    },
  };
};

/** How far the clock of a zone is before UTC at a moment, in milliseconds. */
const offsetIn = (zone: string): ((at: number) => number) => {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset', year: 'numeric' });
  return (at) => {
    const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = /([+-])(\d+):(\d+)(?::(\d+))?/.exec(name) ?? [];
    const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    return sign === '-' ? -ms : ms;
  };
};
