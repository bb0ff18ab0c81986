import type { Move } from '@hive/bus';
import { foldStream, parseStream, upcast, type CallView, type HiveEvent, type Upcasters } from '@hive/events';
import { decide } from '../../apps/orchestrator/src/decide.ts';
import { evolve, initialState } from '../../apps/orchestrator/src/state.ts';
import type { RecordedLine } from './trace-file.ts';

/** What today's code makes of a trace: the events as it reads them, its decision about each, and the folds. */
export type Replayed = {
  readonly events: readonly HiveEvent[];
  /** The moves that follow from each event; empty for those that the queen does not follow. */
  readonly decided: readonly (readonly Move[])[];
  readonly views: Readonly<Record<string, unknown>>;
};

/** Folds a trace from its first event and decides about each, as the queen does: she follows `workflow.*`, `task.*` and `approval.*`. */
export const replay = (lines: readonly Omit<RecordedLine, 'decided'>[], upcasters?: Upcasters): Replayed => {
  const events: HiveEvent[] = [];
  const decided: (readonly Move[])[] = [];
  const views = new Map<string, unknown>();
  const calls: CallView[] = [];
  let state = initialState();
  for (const { event: stored, plan = [] } of lines) {
    const event = upcast(stored, upcasters);
    events.push(event);
    views.set(event.stream, foldStream(views.get(event.stream) ?? null, event));
    if (event.type === 'model.called') calls.push(event.data);
    const { kind } = parseStream(event.stream);
    const isFollowed =
      (kind === 'workflow' || kind === 'task' || kind === 'approval') && /^(workflow|task|approval)\./.test(event.type);
    if (isFollowed) state = evolve(state, event);
    decided.push(isFollowed ? decide(state, event, { plan, calls }) : []);
  }
  return { events, decided, views: Object.fromEntries(views) };
};
