import type { ApprovalSummary } from '@hive/events';
import type { Outbox } from '../../data/outbox.ts';
import type { Outcome } from '../../ui/hive-outcomes.ts';
import type { Decided } from './approvals-model.ts';
import { refusalWords } from './refusal-words.ts';

type Asking = Pick<ApprovalSummary, 'id' | 'kind' | 'tier' | 'state' | 'document'>;

/** What can be taken back may be decided together with others; everything else is read by itself. */
const together: readonly ApprovalSummary['tier'][] = ['T0', 'T1'];

/** Whether a request may be decided with others at all: it waits, can be taken back, and what it asks is still there to be read. */
export const mayJoin = ({ tier, state, document }: Asking): boolean =>
  state === 'open' && document !== null && together.includes(tier);

/** Whether a request fits to those that were chosen: several decisions in one are of one kind. */
export const fitsTo = (it: Asking, chosen: readonly Asking[]): boolean =>
  mayJoin(it) && chosen.every(({ kind, tier }) => kind === it.kind && tier === it.tier);

/** What the decisions go through: written down first, then sent. */
export type Sending = { readonly outbox: Pick<Outbox, 'add' | 'list'>; readonly send: () => Promise<void> };

/**
 * Decides each request by itself, bound to the hash of what was shown of it: what has changed meanwhile is refused and stops none of the
 * others. Everything is written down before anything is sent, so that without Hive all of it waits here.
 */
export const decideMany = async (
  approvals: readonly ApprovalSummary[],
  { decision, reason }: Pick<Decided, 'decision' | 'reason'>,
  { outbox, send }: Sending,
): Promise<readonly Outcome[]> => {
  const queued = [];
  for (const approval of approvals) {
    const { id, actionHash, expiresAt } = approval;
    const bound = { approvalId: id, actionHash, decision, expiresAt: Date.parse(expiresAt) };
    queued.push({ approval, key: (await outbox.add({ ...bound, ...(reason !== '' && { reason }) })).key });
  }
  await send();
  const left = await outbox.list();
  return queued.map(({ approval, key }) => {
    const mine = left.find((it) => it.key === key);
    const of = approval.action;
    if (mine === undefined) return { of, state: 'done', said: decision === 'approve' ? 'approved' : 'denied' };
    if (mine.refused === null) return { of, state: 'waits', said: 'will be sent when Hive answers' };
    return { of, state: 'refused', said: `not recorded: ${refusalWords(mine.refused)}` };
  });
};
