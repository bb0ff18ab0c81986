import { isCode, isInterruption, outcomeOf } from '@hive/errors';
import { parseStream, type HiveEvent, type Evidence } from '@hive/events';

/** What an event says that a second run has to say too, and of what. */
export type Essence = { readonly of: string; readonly type: string; readonly says: Readonly<Record<string, unknown>> };

/**
 * What happened in a workflow, without ids and times, and without what depends on them: who took a step, whether a process died at it, and which
 * calls the network or a limit cut short. Events of one thing keep their order; things that go on side by side have none between them.
 */
export const essencesOf = (events: readonly HiveEvent[]): readonly Essence[] => {
  const keys = new Map<string, string>();
  for (const event of events) if (event.type === 'task.created') keys.set(event.data.taskId, event.data.spec.key);
  const keyOf = (id: string | null): string => (id === null ? '' : (keys.get(id) ?? id));
  return events.flatMap((event): Essence[] => {
    const says = saying(event, keyOf);
    return says === null ? [] : [{ of: ofWhat(event, keyOf), type: event.type, says }];
  });
};

const ofWhat = (event: HiveEvent, keyOf: (id: string | null) => string): string => {
  if (event.type === 'model.called')
    return event.data.taskId === null
      ? `calls of the ${event.data.role}`
      : `task ${keyOf(event.data.taskId)}, calls of the ${event.data.role}`;
  const { kind, id } = parseStream(event.stream);
  return kind === 'task' ? `task ${keyOf(id)}` : `the ${kind}`;
};

const saying = (event: HiveEvent, keyOf: (id: string | null) => string): Essence['says'] | null => {
  switch (event.type) {
    case 'workflow.plan_generated':
      return { tasks: event.data.tasks.map(({ key, needs }) => [key, ...needs.map(keyOf)].join(' ')) };
    case 'workflow.started':
      return { tasks: event.data.tasks };
    case 'workflow.completed':
      return { merged: event.data.merged };
    case 'workflow.plan_failed':
    case 'workflow.failed':
    case 'task.refused':
    case 'task.failed':
    case 'task.blocked':
    case 'task.dead_lettered':
      return { code: event.data.code };
    case 'task.attempt_failed':
      return isOfSurroundings(event.data.code) ? null : { step: event.data.step, code: event.data.code };
    case 'task.submitted':
      return { author: event.data.author, patch: event.data.patch };
    case 'task.checked':
      return { code: event.data.verdict.code, ...proofOf(event.data.evidence) };
    case 'task.review_completed':
      return { decision: event.data.decision, by: event.data.reviewer.kind };
    case 'task.returned':
      return { findings: event.data.findings.map(({ rule }) => rule) };
    case 'task.merged':
    case 'task.completed':
      return proofOf(event.data.evidence);
    case 'task.created':
      return { title: event.data.spec.title };
    case 'task.ready':
    case 'task.escalated':
    case 'task.cancelled':
    case 'workflow.cancelled':
      return {};
    // A replay answers from the call that it names; the first run made that call.
    case 'model.called':
      return isOfSurroundings(event.data.outcome)
        ? null
        : { call: event.data.answers ?? event.data.callId, outcome: event.data.outcome };
    default:
      return null;
  }
};

/** What the network, the machine or a bug of Hive did. */
const isOfSurroundings = (code: string): boolean =>
  isInterruption(code) || code === 'internal' || (isCode(code) && outcomeOf(code) === 'infra');

const proofOf = ({ tree, redBefore, greenAfter, commands }: Evidence) => ({
  tree,
  redBefore,
  greenAfter,
  commands: commands.map(({ name, on, exit }) => `${name} on ${on}: ${exit}`),
});
