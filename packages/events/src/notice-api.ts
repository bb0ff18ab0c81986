import { z } from 'zod';
import type { ApprovalSummary } from './approval-api.ts';

/** What a person may be told of while they do not look. */
export const NoticeKind = z.enum(['approvals', 'failures', 'budgets']);
export type NoticeKind = z.infer<typeof NoticeKind>;

const quietSpan = /^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/;

/** What `POST /notifications/subscribe` takes: a browser's push subscription, and what it wants to be told of. */
export const SubscribeRequest = z.strictObject({
  endpoint: z.url({ protocol: /^https?$/ }).max(2000),
  keys: z.strictObject({
    p256dh: z.string().regex(/^[\w-]{87,88}=?$/, 'a public key of 65 bytes in base64url'),
    auth: z.string().regex(/^[\w-]{22}(==)?$/, 'a secret of 16 bytes in base64url'),
  }),
  wants: z.array(NoticeKind).max(3),
  quietHours: z
    .string()
    .regex(quietSpan, 'write a span of the day, e.g. 22:00-07:00')
    .nullable()
    .describe('when it is told later, by the clock of the machine of Hive'),
});
export type SubscribeRequest = z.infer<typeof SubscribeRequest>;

/** How whoever asks is told, and how others are. */
export const NoticeSettings = z.object({
  publicKey: z.string().describe('of this Hive, for `pushManager.subscribe`'),
  device: z
    .object({
      wants: z.array(NoticeKind),
      quietHours: z.string().nullable(),
      /** The host that its browser maker runs. */
      service: z.string(),
      since: z.string(),
      trouble: z.string().nullable().describe('why the last one did not leave'),
      lastSentAt: z.string().nullable(),
    })
    .nullable()
    .describe('null: this browser is not told'),
  sinks: z.array(
    z.object({
      kind: z.enum(['webhook', 'ntfy']),
      host: z.string(),
      wants: z.array(NoticeKind),
      trouble: z.string().nullable(),
      lastSentAt: z.string().nullable(),
    }),
  ),
});
export type NoticeSettings = z.infer<typeof NoticeSettings>;

/** What `POST /notifications/decide` takes: the single-use grant that came with a notification. */
export const NoticeDecision = z.strictObject({
  grant: z.string().min(20).max(100),
  decision: z.enum(['approve', 'deny']),
});
export type NoticeDecision = z.infer<typeof NoticeDecision>;

/** What came of trying to tell this browser. */
export const NoticeTried = z.object({ sent: z.boolean(), trouble: z.string().nullable() });
export type NoticeTried = z.infer<typeof NoticeTried>;

/** How a paired browser is told of what waits. Answered by the server alone, like who may come in. */
export type Notifying = {
  notifications(): Promise<NoticeSettings>;
  /** A second time changes what this browser is told. */
  subscribe(request: SubscribeRequest): Promise<NoticeSettings>;
  unsubscribe(): Promise<NoticeSettings>;
  tryNotification(): Promise<NoticeTried>;
  /** Decides once, by what came with a notification; for its service worker. */
  decideNotified(request: NoticeDecision): Promise<ApprovalSummary>;
};
