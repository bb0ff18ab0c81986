import { isEnded, isOpenCall, type AnyCall, type CallView, type OpenCall } from '@hive/events';
import type { Context, StepInHand } from '../agent.ts';

const many = 100_000;

type Asking = [Pick<StepInHand, 'workflow'>, Pick<Context, 'bus'>];

/** The calls of a workflow that have begun, ended or not, oldest first. */
export const begunCalls = async (...[{ workflow }, { bus }]: Asking): Promise<readonly (CallView | OpenCall)[]> => {
  const heads = await bus.store.listHeads({ kind: 'call', correlationId: workflow.id, oldest: true, limit: many });
  // Heads of kind `call` are made by foldStream.
  return heads.map(({ view }) => view as AnyCall).filter((call) => isEnded(call) || isOpenCall(call));
};

/** The calls of a workflow that have ended, oldest first. */
export const endedCalls = async (...asking: Asking): Promise<readonly CallView[]> =>
  (await begunCalls(...asking)).filter((call) => isEnded(call));

/** Who was asked, as hive.yaml would name it; calls of an earlier Hive tell who answered. */
export const askedOf = ({ provider, model, box, ...call }: CallView | OpenCall): string =>
  ('asked' in call ? call.asked : undefined) ?? `${provider}:${model}${box === null ? '' : `@${box}`}`;

/** True when a call went to this entry of a list, which may leave the box open. */
export const isOf = (entry: string, call: CallView | OpenCall | undefined): boolean =>
  call !== undefined && (askedOf(call) === entry || askedOf(call).startsWith(`${entry}@`));
