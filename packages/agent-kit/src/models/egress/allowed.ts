import type { HiveError } from '@hive/errors';
import { shortId, streams, type ApprovalDocument, type ApprovalView, type NewEvent } from '@hive/events';
import { formatModelRef, type Model, type ModelRequest } from '@hive/llm';
import type { Context, StepInHand } from '../../agent.ts';
import { egressRequests } from '../../approvals/egress-requests.ts';
import { isTriedAnew } from '../../approvals/is-tried-anew.ts';
import { bytesOf } from '../estimate.ts';
import { parkedError } from '../parking.ts';
import type { Role } from '../wanted.ts';
import { egressDocument, type AskedCall } from './egress-document.ts';
import type { Denial } from './reach.ts';
import { denialFor, egressError, unapprovedError } from './refuse-egress.ts';

/** What a person has agreed to, as a call that it covers names it, and what is recorded when it is used for the first time. */
export type Allowed = {
  readonly of: { readonly approvalId: string; readonly actionHash: string };
  readonly uses: readonly NewEvent[];
};

/** What ends sooner is not used any more: it has to hold when the call is recorded. */
const spareMs = 5000;

/**
 * Whether a call may leave: null where no rule is against it; what it is covered by where a person has agreed. Throws `model.egress_denied` where a rule or
 * a person does not allow it, and the error of a parked step where a person has to be asked, or is asked already.
 */
export const mayLeaveUnder = async (
  { role, model, request }: { readonly role: Role; readonly model: Model; readonly request: ModelRequest },
  step: StepInHand,
  ctx: Context,
): Promise<Allowed | null> => {
  const denial = denialFor(model, request, step, ctx);
  if (!denial) return null;
  if (!denial.asks) throw egressError(model, denial);
  const call: AskedCall = { role, model, asks: denial.asks, bytes: bytesOf(request) };
  for (const { view, shown } of await requestsOf(step, ctx)) {
    if (!isAbout(shown, call)) continue;
    const allowed = await answerTo(view, shown, { call, denial }, step, ctx);
    if (allowed) return allowed;
  }
  throw waitFor(call, {
    asks: egressDocument(call, step),
    until: null,
    because: 'a person who allows it (hive approvals)',
  });
};

type Shown = NonNullable<ApprovalDocument['egress']>;

/** What an earlier request means for this call; null: nothing. */
const answerTo = async (
  view: ApprovalView,
  shown: Shown,
  { call, denial }: { readonly call: AskedCall; readonly denial: Denial },
  step: StepInHand,
  ctx: Context,
): Promise<Allowed | null> => {
  const of = { approvalId: view.id, actionHash: view.actionHash };
  if (view.state === 'denied' || (view.state === 'expired' && view.reason === null)) {
    const why =
      view.state === 'denied'
        ? `${view.decidedBy ?? 'a person'} did not allow it: ${view.reason ?? 'no reason was given'}`
        : `nobody allowed it until ${view.expiresAt}`;
    if (await isTriedAnew(view, step, ctx)) return null;
    throw unapprovedError(call.model, denial, why);
  }
  if (!covers(shown, call)) return null;
  if (view.state === 'open')
    throw waitFor(call, {
      asks: null,
      until: view.expiresAt,
      because: `a person who answers approval ${shortId(view.id)}`,
    });
  const isOver = Date.parse(view.expiresAt) - Date.parse(await ctx.bus.store.now()) < spareMs;
  if (view.state === 'expired' || isOver) return null;
  const by = view.taskId ?? view.workflowId;
  const used: NewEvent = { type: 'approval.consumed', stream: streams.approval(view.id), data: { ...of, by } };
  return { of, uses: view.state === 'approved' ? [used] : [] };
};

/** What was asked about calls of this task, newest first. */
const requestsOf = async (
  step: StepInHand,
  ctx: Context,
): Promise<readonly { readonly view: ApprovalView; readonly shown: Shown }[]> => {
  const taskId = step.task?.id ?? null;
  const requests = await egressRequests(step, ctx, (view) => view.taskId === taskId);
  return requests.flatMap(({ view, document: { egress } }) => (egress ? [{ view, shown: egress }] : []));
};

/** Whether a request was about the same model at the same place, and about a rule that asks now. */
const isAbout = (shown: Shown, { role, model, asks }: AskedCall): boolean =>
  shown.role === role &&
  shown.model === formatModelRef(model.ref) &&
  shown.destination === model.destination &&
  shown.rules.some(({ rule }) => asks.some((it) => it.rule === rule));

/** Whether what was shown holds this call: no other rule asks, and it is not larger. */
const covers = (shown: Shown, { asks, bytes }: AskedCall): boolean =>
  bytes <= shown.mostBytes && asks.every(({ rule }) => shown.rules.some((it) => it.rule === rule));

const waitFor = (
  { model }: AskedCall,
  wait: { readonly asks: ApprovalDocument | null; readonly until: string | null; readonly because: string },
): HiveError => parkedError({ kind: 'approval', ref: model.ref, callId: null, ...wait });
