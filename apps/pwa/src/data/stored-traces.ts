import type { TraceSummary } from '@hive/events';
import { storedEvent } from './offline-traces.ts';
import type { TraceRecord } from './room-db.ts';
import { createTraceCache, type TraceCache } from './trace-cache.ts';
import { whenIdle } from './when-idle.ts';

let own: TraceCache | undefined;
const ownCache = (): TraceCache => (own ??= createTraceCache());

/** What the list said last, so that a trace which is opened from it has its line offline too. */
let listed: readonly TraceSummary[] = [];

const said = (asOf: number): void => void dispatchEvent(new CustomEvent<number>(storedEvent, { detail: asOf }));

/** So many parts of one trace are stored: a million events would take the room of many others, and their parts would be stored while they are read. */
const mostParts = 12;
let counted = { id: '', parts: new Set<string>() };

/** True for one of the first parts of a trace that is opened. Another trace begins anew. */
const isAmongFirst = (id: string, part: string): boolean => {
  if (counted.id !== id) counted = { id, parts: new Set() };
  return counted.parts.size < mostParts ? !!counted.parts.add(part) : counted.parts.has(part);
};

/** Stores a part of a trace, with its line of the list, when there is time for it. */
export const keepPart = async (id: string, part: string, value: unknown): Promise<void> => {
  if (part.startsWith('columns') && !isAmongFirst(id, part)) return;
  await whenIdle();
  const it = ownCache();
  await it.put(id, part, JSON.stringify(value));
  const summary = listed.find(({ correlationId }) => correlationId === id);
  if (summary) await it.keep(id, { summary });
};

/** Traces that are being opened: a page asks for several parts at once, and one opening is enough for them. */
const opening = new Map<string, Promise<TraceRecord | null>>();

const opened = (id: string): Promise<TraceRecord | null> => {
  const known = opening.get(id);
  if (known) return known;
  const record = ownCache()
    .open(id)
    .catch(() => null)
    .finally(() => opening.delete(id));
  opening.set(id, record);
  return record;
};

/** A part as it was stored, by the id of its trace or any unique ending. Throws `error`, why Hive could not be asked, where there is none. */
export const storedPart = async <T>(id: string, part: string, error: unknown): Promise<T> => {
  const record = await opened(id);
  const text = record && (await ownCache().get(record.correlationId, part));
  if (!record || text === null) throw error;
  said(record.asOf);
  return JSON.parse(text) as T; // as it was put
};

/** What the list says about the traces that are stored already. */
export const keepSummaries = async (items: readonly TraceSummary[]): Promise<void> => {
  listed = items;
  const it = ownCache();
  const stored = new Set((await it.list()).map(({ correlationId }) => correlationId));
  for (const summary of items) if (stored.has(summary.correlationId)) await it.keep(summary.correlationId, { summary });
};

/** The lines of the traces that are stored. Throws `error` where there are none. */
export const storedSummaries = async (error: unknown): Promise<readonly TraceSummary[]> => {
  const stored = await ownCache()
    .list()
    .catch(() => []);
  const known = stored.flatMap(({ beside }) => (beside['summary'] as TraceSummary | undefined) ?? []);
  if (known.length === 0) throw error;
  said(Math.max(...stored.map(({ asOf }) => asOf)));
  return known;
};

/** The ids of the traces that are pinned in this browser; none in one that keeps nothing. */
export const pinnedTraces = async (): Promise<ReadonlySet<string>> => {
  const stored = await ownCache()
    .list()
    .catch(() => []);
  return new Set(stored.flatMap(({ correlationId, pinned }) => (pinned ? [correlationId] : [])));
};

/** Pins one trace that is open here, or lets go of it; its line of the list goes along where it is known. Rejects where nothing is kept. */
export const pinTrace = async (id: string, pinned: boolean): Promise<void> => {
  const summary = listed.find(({ correlationId }) => correlationId === id);
  if (summary) return pinTraces([summary], pinned);
  await ownCache().pin(id, pinned);
};

/** Pins traces in this browser with their lines of the list, or lets go of them. Rejects where nothing is kept. */
export const pinTraces = async (traces: readonly TraceSummary[], pinned: boolean): Promise<void> => {
  const it = ownCache();
  for (const summary of traces) {
    await it.pin(summary.correlationId, pinned);
    if (pinned) await it.keep(summary.correlationId, { summary });
  }
};
