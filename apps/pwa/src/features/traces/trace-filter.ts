import type { TraceSummary } from '@hive/events';

/** What the filter of the list says: `status:failed parse dates`. The URL holds it as it was typed. */
export type TraceFilter = { readonly statuses: readonly string[]; readonly words: readonly string[] };

export const parseTraceFilter = (typed: string): TraceFilter => {
  const parts = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return {
    statuses: parts
      .filter((part) => part.startsWith('status:'))
      .flatMap((part) => part.slice(7).split(',').filter(Boolean)),
    words: parts.filter((part) => !part.startsWith('status:')),
  };
};

/** The status that a trace is filtered by: a workflow's own, `process` for the trace of a process. */
export const filterStatus = (trace: TraceSummary): string => trace.status ?? 'process';

/** Processes are shown only when they are asked for. */
const fitsStatus = (trace: TraceSummary, { statuses }: TraceFilter): boolean =>
  statuses.length === 0 ? filterStatus(trace) !== 'process' : statuses.includes(filterStatus(trace));

/** The traces that fit: one of the statuses, and every word somewhere in the goal or the id. */
export const fittingTraces = (traces: readonly TraceSummary[], filter: TraceFilter): readonly TraceSummary[] =>
  traces.filter((trace) => {
    const text = `${trace.goal ?? ''} ${trace.correlationId}`.toLowerCase();
    return fitsStatus(trace, filter) && filter.words.every((word) => text.includes(word));
  });

/** The filter text with this status switched on alone, or off when it was on. */
export const withStatus = (typed: string, status: string | null): string => {
  const words = typed.split(/\s+/).filter((part) => part !== '' && !part.toLowerCase().startsWith('status:'));
  return [...(status === null ? [] : [`status:${status}`]), ...words].join(' ');
};
