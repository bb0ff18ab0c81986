import { join } from 'node:path';
import type { Bus } from '@hive/bus';
import type { HiveConfig } from '@hive/config';
import type { NoticeSettings, SubscribeRequest } from '@hive/events';
import type { Access } from '../access/access.ts';
import { createNoticeFile } from './notice-file.ts';
import { openOutbox, testNotice, type Grant } from './outbox.ts';
import { createTeller, targetsOf, tellPeople, type Telling } from './tell-people.ts';
import { ensureVapidKeys } from './vapid-keys.ts';

/** Who is told, for the routes. `id` is that of a paired browser. */
export type Notices = {
  settings(id: string | null): NoticeSettings;
  subscribe(id: string, request: SubscribeRequest, origin: string): void;
  unsubscribe(id: string): void;
  test(id: string): Promise<{ readonly sent: boolean; readonly trouble: string | null }>;
  useGrant(text: string, id: string): Grant | null;
  /** Tells people until `signal` is aborted. */
  run(signal: AbortSignal): Promise<void>;
};

type Options = {
  readonly config: HiveConfig;
  readonly bus: Bus;
  readonly access: Pick<Access, 'devices'>;
} & Pick<Telling, 'origin' | 'onTrouble' | 'resolve'>;

/** Opens what is known of who is told in HIVE_HOME, and makes the keys of this Hive when there are none. */
export const openNotices = ({ config, bus, access, ...rest }: Options): Notices => {
  const keys = ensureVapidKeys(config.home);
  const outbox = openOutbox(createNoticeFile(join(config.home, 'notices.json')), {
    repeatable: (target) => target.startsWith('webhook/'),
  });
  const device = (id: string) => access.devices().find((it) => it.id === id) ?? null;
  const telling: Telling = { config, keys, outbox, device, ...rest };
  let nudge = Promise.withResolvers<void>();
  const changed = () => {
    nudge.resolve();
    nudge = Promise.withResolvers();
  };

  return {
    settings: (id) => {
      const subscription = outbox.subscriptions().find((it) => it.device === id && device(it.device) !== null);
      const state = subscription && outbox.target(`device/${subscription.device}`);
      const targets = targetsOf(telling).filter(({ name }) => !name.startsWith('device/'));
      return {
        publicKey: keys.publicKey,
        device:
          subscription && state
            ? {
                ...{ wants: [...subscription.wants], quietHours: subscription.quietHours },
                service: URL.parse(subscription.endpoint)?.hostname ?? '',
                ...state,
              }
            : null,
        sinks: targets.map(({ name, host, wants }) => {
          const { trouble, lastSentAt } = outbox.target(name);
          const kind = name.startsWith('ntfy/') ? ('ntfy' as const) : ('webhook' as const);
          return { kind, host, wants: [...wants], trouble, lastSentAt };
        }),
      };
    },
    subscribe: (id, request, origin) => {
      outbox.subscribe(id, request, origin);
      changed();
    },
    unsubscribe: (id) => outbox.forget(id),
    test: async (id) => {
      const name = `device/${id}`;
      const target = targetsOf(telling).find((it) => it.name === name);
      if (!target) return { sent: false, trouble: 'Notifications are off in this browser' };
      const tried = await createTeller(bus, telling).send(
        { target: name, notice: testNotice(Date.now()), attempts: 0 },
        target.host,
      );
      const { trouble } = outbox.target(name);
      if (tried === 'gone') outbox.forget(id);
      return { sent: tried === 'told', trouble };
    },
    useGrant: (text, id) => outbox.useGrant(text, id),
    run: (signal) => tellPeople(bus, telling, { signal, nudged: () => nudge.promise }),
  };
};
