import { createHorizonWatch, createLostCalls, defineAgent, type HorizonWatch, type LostCalls } from '@hive/agent-kit';
import { createApprovalExpiry, type ApprovalExpiry } from './approvals/expiry.ts';
import { createAudit, type Audit } from './audit.ts';
import { createAlertWatch, type AlertWatch } from './boxes/alert-watch.ts';
import { createBoxWatch, type BoxWatch } from './boxes/box-watch.ts';
import { createParallelWatch, type ParallelWatch } from './boxes/parallel-watch.ts';
import { following, type Remembered } from './following.ts';
import { lookAfterQueue } from './look-after-queue.ts';
import { createScheduler, type Scheduler } from './scheduler.ts';

/** What the queen keeps between events. */
type Memory = Remembered & {
  readonly horizon: HorizonWatch;
  readonly scheduler: Scheduler;
  readonly audit: Audit;
  readonly boxes: BoxWatch;
  readonly alerts: AlertWatch;
  readonly parallel: ParallelWatch;
  readonly lostCalls: LostCalls;
  readonly approvals: ApprovalExpiry;
};

type Own = { readonly own: Memory };

const lookMs = 500;

/**
 * The queen: follows every workflow, decides what is ready, what is checked, reviewed and merged next, and when a workflow is over.
 * A process manager: events in, events and steps out; its state is the fold of the log. Also gives back the steps of holders that are gone,
 * lets in what waits for room under its limits, ends calls whose process is gone, says who holds back the readers of the log, which boxes come and go, ends requests that nobody decided, hands in what schedules ask for, and seals the log.
 */
export default defineAgent<Memory>({
  name: 'orchestrator',
  open: (ctx) =>
    Promise.resolve({
      states: new Map(),
      horizon: createHorizonWatch(ctx),
      scheduler: createScheduler(ctx),
      audit: createAudit(ctx),
      boxes: createBoxWatch(ctx),
      alerts: createAlertWatch(ctx),
      parallel: createParallelWatch(ctx),
      lostCalls: createLostCalls(ctx),
      approvals: createApprovalExpiry(ctx.bus),
    }),
  follow: following,
  every: [
    lookAfterQueue,
    async ({ own }: Own) => {
      own.scheduler.look();
      own.audit.look();
      await own.horizon.look();
    },
    async ({ own }: Own) => void (await own.lostCalls.look()),
    async ({ own }: Own) => void (await own.approvals.look()),
    ({ own }: Own) => own.boxes.look(),
    ({ own }: Own) => own.alerts.look(),
    ({ own }: Own) => own.parallel.look(),
  ].map((run) => ({ ms: lookMs, run })),
});
