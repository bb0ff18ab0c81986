import type { HiveEvent } from '@hive/events';

/** An event in the causal tree of its trace. */
export type TraceRow = {
  readonly event: HiveEvent;
  /** What stands before it: the lines of the tree. */
  readonly branch: string;
  readonly sinceStartMs: number;
};

/**
 * The causal tree of a trace in log order. A chain of single causes stays at one depth, and only where one event led to several does
 * the tree branch: a workflow is a long story, and every step to the right would otherwise leave the screen.
 */
export const traceTree = (events: readonly HiveEvent[]): TraceRow[] => {
  const known = new Set(events.map((event) => event.id));
  const children = new Map<string | null, HiveEvent[]>();
  for (const event of events) {
    const cause = event.causationId !== null && known.has(event.causationId) ? event.causationId : null;
    children.set(cause, [...(children.get(cause) ?? []), event]);
  }
  const start = Date.parse(events[0]?.at ?? '');
  const rows: TraceRow[] = [];
  const open: { event: HiveEvent; before: string; mark: string }[] = (children.get(null) ?? [])
    .toReversed()
    .map((event) => ({ event, before: '', mark: '' }));
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { event, before, mark } = next;
    rows.push({ event, branch: before + mark, sinceStartMs: Date.parse(event.at) - start });
    const led = children.get(event.id) ?? [];
    const inner = before + (mark === '├─ ' ? '│  ' : mark === '└─ ' ? '   ' : '');
    if (led.length === 1 && led[0]) open.push({ event: led[0], before: inner, mark: '' });
    else
      for (const [index, child] of led.toReversed().entries())
        open.push({ event: child, before: inner, mark: index === 0 ? '└─ ' : '├─ ' });
  }
  return rows;
};
