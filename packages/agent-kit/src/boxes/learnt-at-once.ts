import type { CallView, HiveEvent } from '@hive/events';
import { atOnceOf, type AtOnce, type EndedCall } from '@hive/ollama-bridge';

/** Ends that a box comes to when more is asked of it than it can take. */
const failures: ReadonlySet<string> = new Set([
  'model.out_of_memory',
  'model.overloaded',
  'model.timeout',
  'model.stream_broken',
]);

/** How many calls at once a box is good for, from events `model.called` of any boxes. */
export const learntAtOnce = (box: string, events: readonly HiveEvent[]): AtOnce => atOnceOf(endedOn(box, events));

const endedOn = (box: string, events: readonly HiveEvent[]): readonly EndedCall[] =>
  events.flatMap(({ at, data }) => {
    const call = data as CallView; // the query names the type
    if (call.box !== box || call.source !== 'live') return [];
    return {
      model: call.model,
      digest: call.digest ?? call.model,
      isGood: !failures.has(call.outcome),
      endedAt: Date.parse(at),
      totalMs: call.totalMs,
      loadMs: call.loadMs ?? 0,
      firstTokenMs: call.firstTokenMs,
      output: call.output ?? 0,
    };
  });
