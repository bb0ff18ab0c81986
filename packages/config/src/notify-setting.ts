import { NoticeKind } from '@hive/events';
import { z } from 'zod';
import { QuietHoursSetting, quietHoursOf, type QuietHours } from './quiet-hours.ts';
import { Secret } from './secret.ts';

/** An address that notices are sent to. */
export type NoticeSink = {
  readonly kind: 'webhook' | 'ntfy';
  readonly url: string;
  /** Signs what a webhook gets; the access token of ntfy. null: none. */
  readonly secret: Secret | null;
  readonly wants: readonly NoticeKind[];
  readonly quietHours: readonly QuietHours[];
};

/** How people are told who do not look. */
export type NotifyConfig = {
  readonly sinks: readonly NoticeSink[];
  /** Hosts of the local network that may be sent to, also without TLS; any other has to be public and HTTPS. */
  readonly localHosts: readonly string[];
  /** Whom a push service may write to when something is wrong (`mailto:` or https); null: an address of this Hive. */
  readonly contact: string | null;
};

const common = {
  wants: z
    .array(NoticeKind)
    .min(1)
    .default([...NoticeKind.options])
    .describe(`some of ${NoticeKind.options.join(', ')}`),
  quiet_hours: QuietHoursSetting.optional().describe(
    'when it is told later, by the clock of the machine, e.g. 22:00-07:00',
  ),
};
const Address = z.url({ protocol: /^https?$/ }).max(2000);

/** The key `notify` of hive.yaml. */
export const NotifySetting = z.strictObject({
  webhooks: z
    .array(
      z.strictObject({
        url: Address.describe('is sent JSON by POST'),
        secret: z
          .string()
          .min(16)
          .describe('signs it (HMAC-SHA256, header x-hive-signature), e.g. ${HIVE_HOOK_SECRET}; 16 characters or more'),
        ...common,
      }),
    )
    .max(10)
    .default([])
    .describe('programs that are told'),
  ntfy: z
    .array(
      z.strictObject({
        url: Address.describe('the server with the topic, e.g. https://ntfy.example.org/hive-1f2e'),
        token: z.string().min(1).optional().describe('its access token, where it wants one'),
        ...common,
      }),
    )
    .max(10)
    .default([])
    .describe('topics of ntfy that are told'),
  local_hosts: z
    .array(z.string().min(1).max(253))
    .max(20)
    .default([])
    .describe('hosts of the local network among these addresses, which may be private and without TLS'),
  contact: z
    .string()
    .regex(/^(mailto:\S+@\S+|https:\/\/\S+)$/, 'write mailto:you@example.org or an https address')
    .optional()
    .describe('whom a push service may write to when something is wrong'),
});

/** The setting as it holds. */
export const notifyOf = ({ webhooks, ntfy, local_hosts, contact }: z.infer<typeof NotifySetting>): NotifyConfig => ({
  sinks: [
    ...webhooks.map(({ url, secret, wants, quiet_hours }) => ({
      ...{ kind: 'webhook' as const, url, secret: new Secret(secret), wants, quietHours: quietHoursOf(quiet_hours) },
    })),
    ...ntfy.map(({ url, token, wants, quiet_hours }) => ({
      ...{ kind: 'ntfy' as const, url, wants, quietHours: quietHoursOf(quiet_hours) },
      secret: token === undefined ? null : new Secret(token),
    })),
  ],
  localHosts: local_hosts.map((host) => host.toLowerCase()),
  contact: contact ?? null,
});
