import { isEnded, type AnyCall, type CallView } from '@hive/events';
import type { Context, StepInHand } from '../agent.ts';

const many = 100_000;

/** The calls of a workflow that have ended, oldest first. */
export const endedCalls = async (
  { workflow }: Pick<StepInHand, 'workflow'>,
  { bus }: Pick<Context, 'bus'>,
): Promise<readonly CallView[]> => {
  const heads = await bus.store.listHeads({ kind: 'call', correlationId: workflow.id, oldest: true, limit: many });
  return heads.map(({ view }) => view as AnyCall).filter(isEnded); // heads of kind `call` are made by foldStream
};

/** Who was asked, as hive.yaml would name it; calls of an earlier Hive tell who answered. */
export const askedOf = ({ asked, provider, model, box }: CallView): string =>
  asked ?? `${provider}:${model}${box === null ? '' : `@${box}`}`;

/** True when a call went to this entry of a list, which may leave the box open. */
export const isOf = (entry: string, call: CallView | undefined): boolean =>
  call !== undefined && (askedOf(call) === entry || askedOf(call).startsWith(`${entry}@`));
