import { confirmationOf, type ApprovalSummary, type HiveEvent } from '@hive/events';
import type { QueuedDecision } from '../../data/queued-decision.ts';

/** What a page knows about approvals, of which a part may be older than the rest. */
export type Inbox = {
  /** What waits for a person, the one to look at first foremost. */
  readonly open: readonly ApprovalSummary[];
  /** What is over, the newest first. */
  readonly past: readonly ApprovalSummary[];
  /** When Hive said so (ms since 1970). */
  readonly asOf: number;
};

/** How far a decision of this device, or of somebody else, has come. */
export type Progress =
  | { readonly step: 'open' }
  | { readonly step: 'queued'; readonly decision: QueuedDecision }
  | { readonly step: 'refused'; readonly decision: QueuedDecision }
  | { readonly step: 'recorded'; readonly consumed: HiveEvent | null }
  | { readonly step: 'expired' };

/** The farther it reaches the earlier it stands; among equals, what ends first. */
const byRisk = (a: ApprovalSummary, b: ApprovalSummary): number =>
  b.tier.localeCompare(a.tier) || a.expiresAt.localeCompare(b.expiresAt) || a.id.localeCompare(b.id);

/** What Hive answered, in the order in which it is looked at. */
export const inboxOf = (items: readonly ApprovalSummary[], asOf: number): Inbox => ({
  open: items.filter(({ state }) => state === 'open').toSorted(byRisk),
  past: items.filter(({ state }) => state !== 'open'),
  asOf,
});

/** One approval with what is newer of it than the list. */
export const withNewer = (inbox: Inbox, newer: ApprovalSummary): Inbox =>
  inboxOf(
    [newer, ...inbox.open, ...inbox.past].filter((it, index) => index === 0 || it.id !== newer.id),
    inbox.asOf,
  );

/** The request of an address: whole, or any unique ending of its id. */
export const findIn = ({ open, past }: Inbox, id: string): ApprovalSummary | null => {
  const found = [...open, ...past].filter((it) => id !== '' && it.id.endsWith(id));
  return found.length === 1 ? (found[0] ?? null) : null;
};

/** How far it is with a request: what waits in this browser comes first, then what Hive recorded. */
export const progressOf = (
  approval: ApprovalSummary,
  queued: readonly QueuedDecision[],
  consumed: HiveEvent | null,
): Progress => {
  const mine = queued.filter(({ approvalId }) => approvalId === approval.id).at(-1);
  if (mine?.refused === null) return { step: 'queued', decision: mine };
  if (mine && approval.state === 'open') return { step: 'refused', decision: mine };
  if (approval.decidedAt !== null) return { step: 'recorded', consumed };
  if (mine) return { step: 'refused', decision: mine };
  return { step: approval.state === 'open' ? 'open' : 'expired' };
};

/** What cannot be taken back is decided with Hive in reach, so that what is seen is what is. */
export const mayQueue = ({ tier }: Pick<ApprovalSummary, 'tier'>): boolean => tier !== 'T3';

/** What a person decided, to be sent by the page. `confirm`: what they typed, where it had to be typed. */
export type Decided = {
  readonly decision: 'approve' | 'deny';
  readonly reason: string;
  readonly confirm: string | null;
};

/** What is sent of an answer; or what it lacks: a `note` that says why it is denied, or what has to be typed to `confirm` it. */
export const answerOf = (
  approval: Pick<ApprovalSummary, 'tier' | 'document'>,
  { decision, note, typed }: { readonly decision: Decided['decision']; readonly note: string; readonly typed: string },
): Decided | 'note' | 'confirm' => {
  const reason = note.trim();
  if (decision === 'deny') return reason === '' ? 'note' : { decision, reason, confirm: null };
  const confirm = confirmationOf(approval);
  return confirm !== null && typed.trim() !== confirm ? 'confirm' : { decision, reason, confirm };
};

/** What a tier means for whoever decides. */
export const tierWords: Readonly<Record<ApprovalSummary['tier'], string>> = {
  T0: 'Only reads',
  T1: 'Can be taken back',
  T2: 'Goes further than branches of Hive',
  T3: 'Cannot be taken back',
};

/** What is asked, in a word. */
export const kindWords: Readonly<Record<ApprovalSummary['kind'], string>> = {
  merge: 'Merge',
  plan: 'Plan',
  question: 'Question',
  egress: 'Sending',
};

type Said = NonNullable<ApprovalSummary['document']>['because'][number]['by'];

/** Whose words a reason is in. Only the first two are Hive's own. */
export const saidBy: Readonly<Record<Said, { readonly who: string; readonly quoted: boolean }>> = {
  platform: { who: 'Hive', quoted: false },
  policy: { who: 'The policy of this Hive', quoted: false },
  rules: { who: 'A rule of the review', quoted: true },
  model: { who: 'A model, in its own words', quoted: true },
  author: { who: 'The author, in its own words', quoted: true },
};

/** What became of a request, in a word. */
export const stateWords = ({ state, decidedAt }: Pick<ApprovalSummary, 'state' | 'decidedAt'>): string => {
  if (state !== 'expired') return { open: 'Waits', approved: 'Approved', denied: 'Denied', used: 'Approved' }[state];
  return decidedAt === null ? 'Expired' : 'Not used';
};
