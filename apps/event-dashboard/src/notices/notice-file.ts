import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { HiveError } from '@hive/errors';
import { ApprovalTier, NoticeKind } from '@hive/events';
import { z } from 'zod';

/** A browser that is told, by its push subscription. */
const Subscription = z.strictObject({
  device: z.string(),
  endpoint: z.string(),
  keys: z.strictObject({ p256dh: z.string(), auth: z.string() }),
  /** The origin of the page that subscribed, which its notifications open. */
  origin: z.string(),
  wants: z.array(NoticeKind),
  quietHours: z.string().nullable(),
});
export type Subscription = z.infer<typeof Subscription>;

const Notice = z.strictObject({
  kind: z.enum([...NoticeKind.options, 'closed', 'test']),
  ...{ eventId: z.string(), tag: z.string(), title: z.string(), line: z.string(), path: z.string(), at: z.string() },
  until: z.string().nullable(),
  approval: z.strictObject({ id: z.string(), actionHash: z.string(), tier: ApprovalTier }).nullable(),
  workflowId: z.string().nullable(),
});

/** A notice on its way to one target. `leaving` is written before it is sent, so that after a crash nobody sends it again. */
const Delivery = z.strictObject({
  target: z.string(),
  notice: Notice,
  state: z.enum(['waiting', 'leaving']),
  notBefore: z.number(),
  attempts: z.int(),
});
export type Delivery = z.infer<typeof Delivery>;

/** What is known of a target: since when it is told, and how the last time went. */
const Target = z.strictObject({
  since: z.string(),
  lastSentAt: z.string().nullable(),
  trouble: z.string().nullable(),
});
export type TargetState = z.infer<typeof Target>;

const State = z.strictObject({
  version: z.literal(1),
  subscriptions: z.array(Subscription),
  targets: z.record(z.string(), Target),
  deliveries: z.array(Delivery),
  /** What was told or given up lately, so that nothing is told twice, and what was never shown is not taken back. */
  done: z.array(
    z.strictObject({ event: z.string(), target: z.string(), tag: z.string(), how: z.enum(['shown', 'dropped']) }),
  ),
  grants: z.array(
    z.strictObject({
      ...{ hash: z.string(), device: z.string(), approvalId: z.string(), actionHash: z.string(), until: z.string() },
    }),
  ),
});
/** All that has to outlive the process: who is told, what is on its way, and which decisions a notification may make. */
export type NoticeState = Omit<z.infer<typeof State>, 'version'>;

const none: NoticeState = { subscriptions: [], targets: {}, deliveries: [], done: [], grants: [] };

/** The state in a file that only its owner reads. A write is on the disk, whole, when it returns. */
export const createNoticeFile = (path: string) => ({
  /** Throws `config.invalid` for a file that says something else. */
  read: (): NoticeState => {
    let text: string;
    try {
      chmodSync(path, 0o600);
      text = readFileSync(path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return none;
      throw error;
    }
    try {
      const { version: _, ...state } = State.parse(JSON.parse(text));
      return state;
    } catch (cause) {
      throw new HiveError(
        'config.invalid',
        `${path} does not say who is told; delete it, and switch notifications on anew in each browser`,
        { remedy: 'fix_config', cause },
      );
    }
  },
  write: (state: NoticeState): void => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}`;
    const file = openSync(draft, 'w', 0o600);
    try {
      writeSync(file, `${JSON.stringify({ version: 1, ...state })}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(draft, path);
  },
});
export type NoticeFile = ReturnType<typeof createNoticeFile>;
