import { createHash, createHmac } from 'node:crypto';
import type { NoticeSink } from '@hive/config';
import type { Notice } from './notice.ts';
import type { Subscription } from './notice-file.ts';
import type { VapidKeys } from './vapid-keys.ts';

/** A request that is ready to leave. */
export type Message = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
};

const dayS = 24 * 3600;

/** Seconds that a push service keeps it for a device that is off. */
const ttlOf = ({ until, kind }: Notice, now: number): number =>
  kind === 'test' ? 60 : Math.max(0, Math.min(dayS, until === null ? dayS : (Date.parse(until) - now) / 1000)) | 0;

/**
 * What a browser gets: the declarative form, which Safari shows by itself and our worker reads likewise. `grant` allows one decision about exactly this
 * approval, from this device.
 */
export const pushPayload = (
  notice: Notice,
  { origin, waiting, grant }: { readonly origin: string; readonly waiting: number; readonly grant: string | null },
): string => {
  const navigate = `${origin}${notice.path}`;
  const { kind, tag, title, line, approval, at } = notice;
  return JSON.stringify({
    web_push: 8030,
    notification: {
      ...{ title, body: line, navigate, tag, lang: 'en', dir: 'ltr', timestamp: Date.parse(at) },
      silent: kind === 'closed',
      ...(kind === 'approvals' && { requireInteraction: true }),
      app_badge: String(waiting),
      data: { kind, path: notice.path, ...(approval && { approvalId: approval.id }), ...(grant !== null && { grant }) },
      ...(grant !== null && {
        actions: [
          { action: 'approve', title: 'Approve', navigate },
          { action: 'deny', title: 'Deny', navigate },
        ],
      }),
    },
    app_badge: waiting,
  });
};

/** Encrypts a payload for one browser (RFC 8291) and signs it as from this Hive (RFC 8292). */
export const pushMessage = async (
  notice: Notice,
  payload: string,
  {
    subscription,
    keys,
    contact,
    now,
  }: {
    readonly subscription: Subscription;
    readonly keys: VapidKeys;
    readonly contact: string;
    readonly now: number;
  },
): Promise<Message> => {
  const { default: webPush } = await import('web-push'); // nobody else needs it
  const details = webPush.generateRequestDetails(
    { endpoint: subscription.endpoint, keys: subscription.keys },
    payload,
    {
      vapidDetails: { subject: contact, ...keys },
      TTL: ttlOf(notice, now),
      urgency: notice.kind === 'closed' ? 'low' : 'high',
      // A service that still has one of the same topic sends the newer one only.
      topic: createHash('sha256').update(notice.tag).digest('base64url').slice(0, 32),
      contentEncoding: 'aes128gcm',
    },
  );
  const headers = Object.fromEntries(Object.entries(details.headers).map(([name, value]) => [name, String(value)]));
  return { url: subscription.endpoint, headers, body: details.body ?? Buffer.alloc(0) };
};

/** What a webhook gets, signed over the time, the id and the body, so that it can be checked and is not taken twice. */
const webhookMessage = ({ url, secret }: NoticeSink, notice: Notice, { link, now }: SinkContext): Message => {
  const { kind, eventId: id, title, line, at, approval, workflowId } = notice;
  const body = JSON.stringify({ id, kind, title, line, at, link, workflowId, approvalId: approval?.id ?? null });
  const seconds = String(Math.floor(now / 1000));
  const signature = createHmac('sha256', secret?.reveal() ?? '')
    .update(`${seconds}.${id}.${body}`)
    .digest('hex');
  return {
    url,
    body,
    headers: {
      'content-type': 'application/json',
      'x-hive-id': id,
      'x-hive-timestamp': seconds,
      'x-hive-signature': `sha256=${signature}`,
    },
  };
};

const priorities: Readonly<Record<Notice['kind'], string>> = {
  ...{ approvals: '4', failures: '4', budgets: '4', closed: '1', test: '3' },
};

const ntfyMessage = ({ url, secret }: NoticeSink, { kind, title, line }: Notice, { link }: SinkContext): Message => ({
  url,
  body: line,
  headers: {
    ...{ 'content-type': 'text/plain; charset=utf-8', title, priority: priorities[kind], click: link },
    ...(secret && { authorization: `Bearer ${secret.reveal()}` }),
  },
});

type SinkContext = { readonly link: string; readonly now: number };

/** What a sink of hive.yaml gets. */
export const sinkMessage = (sink: NoticeSink, notice: Notice, context: SinkContext): Message =>
  (sink.kind === 'webhook' ? webhookMessage : ntfyMessage)(sink, notice, context);
