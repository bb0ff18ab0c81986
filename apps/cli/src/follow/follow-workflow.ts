import { isSettled, type Desk, type HiveEvent, type Result } from '@hive/events';
import type { Output } from '../terminal/output.ts';
import { widthOf } from '../terminal/width.ts';
import { logReader } from './log-reader.ts';
import { patiently } from './patiently.ts';
import { isSettling, noProgress, progressAfter, progressLine, type Progress } from './progress.ts';
import { taskLine } from './task-line.ts';

/** How a workflow is followed. `onEvent` sees every event; `quiet` prints no lines. */
export type FollowOptions = {
  readonly out: Output;
  readonly signal: AbortSignal;
  readonly quiet?: boolean;
  readonly onEvent?: (event: HiveEvent) => void;
};

const tickMs = 1900;
const mayEnd = /^(workflow\.(completed|failed|cancelled|paused)|task\.escalated|approval\.requested)$/;

/**
 * Follows a workflow from its first event until nothing changes any more without a person, and answers its Result; null when `signal`
 * was aborted before. Prints a line for each settled task, and every two seconds what is in hand.
 */
export const followWorkflow = async (desk: Desk, id: string, options: FollowOptions): Promise<Result | null> => {
  const { out, quiet = false } = options;
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  let progress = noProgress;
  let isEscalated = false;
  let saidAt = Date.now();
  let everything: Progress['paused'] = null;
  let lookedAt = 0;
  /** The stop button stands in no workflow's own events; it is asked about while nothing is in hand. */
  const lookForStop = () => {
    if (Date.now() - lookedAt < tickMs) return;
    lookedAt = Date.now();
    void desk
      .health()
      .then(({ paused }) => (everything = paused.all ?? null))
      .catch(() => undefined); // whoever follows hears of an unreachable desk by following it
  };
  const tick = setInterval(
    () => {
      if (quiet || (Date.now() - saidAt < tickMs && !out.isTerminal)) return;
      saidAt = Date.now();
      if (progress.running.size === 0) lookForStop();
      out.progress(progressLine(progress, everything));
    },
    out.isTerminal ? 500 : tickMs / 4,
  );
  try {
    for await (const event of desk.follow({ after: 0, correlationId: id }, signal)) {
      options.onEvent?.(event);
      progress = progressAfter(progress, event);
      if (isSettling(event.type) && !quiet) {
        const keyWidth = Math.max(...[...progress.tasks.values()].map((task) => widthOf(task.key)), 0);
        await printTask(desk, event.stream.slice('task/'.length), { out, keyWidth, signal });
        saidAt = Date.now();
      }
      isEscalated ||= event.type === 'task.escalated';
      if (!mayEnd.test(event.type) && !(isEscalated && isSettling(event.type))) continue;
      const result = await patiently(() => desk.workflow(id), signal);
      if (isSettled(result)) return result;
    }
    return null;
  } catch (error) {
    if (options.signal.aborted) return null;
    throw error;
  } finally {
    clearInterval(tick);
    stop.abort();
  }
};

const printTask = async (
  desk: Desk,
  id: string,
  { out, keyWidth, signal }: { readonly out: Output; readonly keyWidth: number; readonly signal: AbortSignal },
): Promise<void> => {
  const task = await patiently(() => desk.task(id), signal);
  if (task.settledAt === null) return; // an old outcome: the task was redriven since
  const countsOf = await logReader(desk, task.evidence);
  out.line(taskLine(task, { keyWidth, columns: out.columns, colour: out.colour }, countsOf));
};

/** The lines of all tasks of a result, as they are printed while it is followed. */
export const printTasks = async (desk: Desk, result: Result, out: Output): Promise<void> => {
  const keyWidth = Math.max(...result.tasks.map((task) => widthOf(task.key)), 0);
  for (const task of result.tasks) {
    const countsOf = await logReader(desk, task.evidence);
    out.line(taskLine(task, { keyWidth, columns: out.columns, colour: out.colour }, countsOf));
  }
};
