import { randomUUID } from 'node:crypto';
import { foldStream, parseStream, stateOf } from '@hive/events';
import type { EventRow, Head, StepRow, Store } from '../port.ts';
import { sampleEvent, sampleStep } from './samples.ts';

/** One workflow with one task as rows: a trace whose every invariant holds; its step is ready. */
export const sampleTrace = (): {
  readonly events: readonly EventRow[];
  readonly heads: readonly Head[];
  readonly step: StepRow;
} => {
  const [workflow, task, stepId] = [randomUUID(), randomUUID(), randomUUID()];
  const heads = new Map<string, Head>();
  const events: EventRow[] = [];
  const tell = (stream: string, type: string, data: object): void => {
    const before = heads.get(stream);
    const event = sampleEvent(stream, (before?.version ?? 0) + 1, {
      type: type as never, // the parts belong to one event of the catalogue
      data: data as never,
      correlationId: workflow,
      causationId: events.at(-1)?.id ?? null,
    });
    const view = foldStream(before?.view ?? null, event);
    events.push(event);
    heads.set(stream, {
      stream,
      ...parseStream(stream),
      correlationId: workflow,
      version: event.version,
      state: stateOf(stream, view),
      lastEventId: event.id,
      token: (data as { token?: number }).token ?? before?.token ?? 0,
      view,
    });
  };
  const [ofWorkflow, ofTask] = [`workflow/${workflow}`, `task/${task}`];
  const submission = { workflowId: workflow, goal: 'Grüße "an" \\ alle 🐝', repo: '/repo', checks: [] };
  tell(ofWorkflow, 'workflow.submitted', submission);
  tell(ofWorkflow, 'workflow.plan_generated', { workflowId: workflow, tasks: [{ id: task, key: 'a', needs: [] }] });
  tell(ofTask, 'task.created', { taskId: task, workflowId: workflow, spec: { key: 'a', author: 'tool', needs: [] } });
  tell(ofWorkflow, 'workflow.started', { workflowId: workflow, tasks: 1 });
  tell(ofTask, 'task.ready', { taskId: task });
  const attempt = { taskId: task, step: 'work', attempt: 1 };
  tell(ofTask, 'task.assigned', { ...attempt, stepId, agent: null, because: 'any worker' });
  const step = sampleStep({
    id: stepId,
    stream: ofTask,
    taskId: task,
    workflowId: workflow,
    due: ['ready', 'working'],
    becomes: 'working',
    lastEventId: events.at(-1)?.id ?? '',
  });
  return { events, heads: [...heads.values()], step };
};

/** Records so many {@link sampleTrace}s, a few of them in each commit, and claims their steps as a worker does: seven events each. */
export const writeSampleTraces = async (store: Store, count: number, perCommit = 20): Promise<void> => {
  for (let done = 0; done < count; done += perCommit) {
    const traces = Array.from({ length: Math.min(perCommit, count - done) }, sampleTrace);
    const { status } = await store.write({
      events: traces.flatMap((it) => it.events),
      heads: traces.flatMap((it) => it.heads.map((head) => ({ head, expectedVersion: 0 }))),
      insertSteps: traces.map((it) => it.step),
    });
    if (status !== 'written') throw new Error(`a sample was answered with ${status}`);
    const claimed = await store.claim({
      kinds: ['work'],
      agent: 'worker-1',
      incarnation: 'incarnation',
      capabilities: [],
      limit: traces.length,
      leaseMs: 60_000,
      actor: 'worker/worker-1',
      newId: randomUUID,
    });
    if (claimed.length !== traces.length) throw new Error(`${claimed.length} of ${traces.length} samples were claimed`);
  }
};
