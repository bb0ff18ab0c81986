import { isInterruption } from '@hive/errors';
import { streams, type CallView, type HiveEvent } from '@hive/events';
import { formatModelRef, type Done, type ModelRequest } from '@hive/llm';
import type { Context, StepInHand } from '../agent.ts';
import type { Role } from './wanted.ts';

/** The token under which an attempt ended, where this event ends one: calls under it or an earlier one belong to the past. */
const endOfAttempt = (event: HiveEvent, { kind }: StepInHand): number | null => {
  switch (event.type) {
    case 'task.attempt_failed':
      return event.data.step === kind && !isInterruption(event.data.code) ? event.data.token : null;
    case 'task.submitted':
    case 'task.refused':
    case 'task.escalated':
      return event.data.token ?? null;
    default:
      return null;
  }
};

/**
 * The last well ended call of this step by this role in the present attempt, as it was asked and answered; null when there was none. A
 * process that died in between leaves it behind, and a conversation goes on from it without paying again.
 */
export const lastTurn = async (
  role: Role,
  step: StepInHand,
  { bus, artefacts }: Context,
): Promise<{ readonly request: ModelRequest; readonly done: Done; readonly author: string } | null> => {
  const taskId = step.task?.id ?? null;
  const heads = await bus.store.listHeads({ kind: 'call', correlationId: step.workflow.id, limit: 100_000 });
  const call = heads
    .map((head) => head.view as CallView) // heads of kind `call` are made by foldStream
    .find((it) => it.taskId === taskId && it.role === role && it.step === step.kind && it.outcome === 'ok');
  if (call?.token === undefined || call.reply === null) return null;
  const stream = taskId === null ? streams.workflow(step.workflow.id) : streams.task(taskId);
  const { events } = await bus.store.events({ stream, newest: true, limit: 100 });
  const { token } = call;
  if (events.some((event) => (endOfAttempt(event, step) ?? -1) >= token)) return null;
  return {
    request: await jsonOf(artefacts, call.prompt),
    done: await jsonOf(artefacts, call.reply),
    author: authorOf(call),
  };
};

const authorOf = ({ provider, model, box }: CallView): string =>
  provider === 'double' || box === null ? `${provider}:${model}` : formatModelRef({ provider: 'ollama', model, box });

/** An artefact that {@link tellCall} wrote. */
const jsonOf = async <T>(artefacts: Context['artefacts'], hash: string): Promise<T> =>
  JSON.parse((await artefacts.get(hash)).toString()) as T;
