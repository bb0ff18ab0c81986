// Random stories about one approval, and invariant 14 said anew to judge them by. Only tests use it.
import { hasCode } from '@hive/errors';
import { foldApproval, type ApprovalView } from '../approval-view.ts';
import type { HiveEvent } from '../catalogue.ts';

const id = '01990000-0000-7000-8000-000000000001';
export const [hash, otherHash] = ['a'.repeat(64), 'b'.repeat(64)];
export const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

/** An event of one approval as it is recorded. */
export type Told = {
  readonly type: string;
  readonly minute: number;
  readonly actor: string;
  readonly actionHash: string;
  readonly more?: object;
};
export const event = ({ type, minute, actor, actionHash, more = {} }: Told) =>
  ({
    type: `approval.${type}`,
    ...{ stream: `approval/${id}`, at: at(minute), actor },
    data: { approvalId: id, actionHash, ...more },
  }) as unknown as HiveEvent;

export const proposer = 'worker/worker-1';
export const person = 'event-dashboard/event-dashboard';
export const requested = (minute = 0): Told => ({
  ...{ type: 'requested', minute, actor: 'orchestrator/orchestrator', actionHash: hash },
  more: { taskId: id, workflowId: id, proposer, action: 'Merge a', expiresAt: at(60), kind: 'merge', tier: 'T1' },
});
export const decided = (decision: 'approve' | 'deny', more: Partial<Told> = {}, data: object = {}): Told => ({
  ...{ type: 'decided', minute: 10, actor: person, actionHash: hash, ...more },
  more: { decision, expiresAt: at(120), by: 'human/ada', ...data },
});
export const consumed = (more: Partial<Told> = {}): Told => ({
  ...{ type: 'consumed', minute: 20, actor: 'reviewer/reviewer', actionHash: hash, ...more },
  more: { by: id },
});
export const expired = (minute: number, reason?: string): Told => ({
  ...{ type: 'expired', minute, actor: 'orchestrator/orchestrator', actionHash: hash },
  more: reason === undefined ? {} : { reason },
});
/** A small generator (mulberry32), so that a trace can be made again from its number. */
const chanceOf = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0;
  let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
};

/** What anybody may try about one approval, in any order, time only going on. */
const randomTrace = (seed: number): Told[] => {
  const chance = chanceOf(seed);
  const one = <T>(...items: readonly T[]): T => items[Math.floor(chance() * items.length)] as T; // never beyond the last
  let minute = 0;
  return Array.from({ length: 4 + Math.floor(chance() * 8) }, (_, index): Told => {
    minute += Math.floor(chance() * 30);
    const actionHash = chance() < 0.8 ? hash : otherHash;
    const actor = one(proposer, `${proposer}/sub`, person, person, person, 'planner/planner');
    const kind = index === 0 ? 'requested' : one('decided', 'decided', 'consumed', 'consumed', 'expired', 'requested');
    if (kind === 'requested') return requested(minute);
    if (kind === 'expired') return expired(minute, one(undefined, undefined, 'withdrawn'));
    if (kind === 'consumed') return consumed({ minute, actionHash });
    const by = one('human/ada', 'human/ada', 'human/ada', proposer);
    return decided(
      one('approve', 'approve', 'deny'),
      { minute, actor, actionHash },
      { by, expiresAt: at(minute + 40) },
    );
  });
};

/** Invariant 14 said anew, over what was recorded: the uses that nobody else had agreed to. */
const wrongUses = (recorded: readonly Told[]): readonly Told[] =>
  recorded.filter((use, index) => {
    if (use.type !== 'consumed') return false;
    const before = recorded.slice(0, index);
    const isAgreed = before.some((it) => {
      const { decision, by, expiresAt } = (it.more ?? {}) as { decision?: string; by?: string; expiresAt?: string };
      const others = [it.actor, by ?? ''].every((who) => !/^(orchestrator|planner|worker|reviewer)(\/|$)/.test(who));
      const isInTime = it.minute < 60 && at(use.minute) < (expiresAt ?? '');
      const isSame = it.actionHash === hash && use.actionHash === hash;
      return it.type === 'decided' && decision === 'approve' && others && isInTime && isSame;
    });
    const isOver = before.some(
      (it) => it.type === 'consumed' || it.type === 'expired' || (it.more as { decision?: string }).decision === 'deny',
    );
    return !isAgreed || isOver;
  });

/** What came of many stories. `without`: wrong uses that a log without the fold would hold. */
export type Tried = {
  readonly used: number;
  readonly refused: number;
  readonly wrong: readonly number[];
  readonly without: number;
};

/** Tells the stories of these numbers to the fold; `wrong` names those in which something was used that nobody had agreed to. */
export const tryTraces = (from: number, to: number): Tried => {
  let [used, refused, without] = [0, 0, 0];
  const wrong: number[] = [];
  for (let seed = from; seed <= to; seed++) {
    const tried = randomTrace(seed);
    const recorded: Told[] = [];
    let view: ApprovalView | null = null;
    for (const told of tried) {
      try {
        view = foldApproval(view, event(told));
        recorded.push(told);
        if (told.type === 'consumed') used += 1;
      } catch (error) {
        if (!hasCode(error, 'transition.refused')) throw error;
        refused += 1;
      }
    }
    if (wrongUses(recorded).length > 0) wrong.push(seed);
    without += wrongUses(tried).length;
  }
  return { used, refused, wrong, without };
};
