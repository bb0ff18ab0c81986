// Notifications in the service worker: shows what was pushed, opens its page, and decides from its buttons.
// `globalThis` is typed as a window, since the same project holds the pages.
const worker = globalThis as unknown as ServiceWorkerGlobalScope;

type Pushed = {
  readonly notification?: {
    readonly title?: string;
    readonly body?: string;
    readonly tag?: string;
    readonly silent?: boolean;
    readonly requireInteraction?: boolean;
    readonly timestamp?: number;
    readonly actions?: readonly { readonly action: string; readonly title: string }[];
    readonly data?: Told;
  };
  readonly app_badge?: number;
};
/** What a notification knows of itself. `grant` allows one decision, from this browser. */
type Told = { readonly kind?: string; readonly path?: string; readonly approvalId?: string; readonly grant?: string };

const icon = '/icons/any-192.png';

const setBadge = async (count: number | undefined): Promise<void> => {
  const { setAppBadge, clearAppBadge } = worker.navigator as Partial<WorkerNavigator>;
  if (count === undefined || !setAppBadge || !clearAppBadge) return;
  await (count > 0 ? setAppBadge.call(worker.navigator, count) : clearAppBadge.call(worker.navigator)).catch(
    () => undefined, // a browser may refuse it for an app that is not installed
  );
};

const parsed = (event: PushEvent): Pushed => {
  try {
    return (event.data?.json() ?? {}) as Pushed; // from our own server, sealed for this browser
  } catch {
    return {};
  }
};

const show = async ({ notification = {} }: Pushed): Promise<void> => {
  const { title = 'Hive', data = {}, ...rest } = notification;
  const tag = rest.tag ?? 'hive';
  if (data.kind === 'closed') {
    const shown = await worker.registration.getNotifications({ tag });
    for (const old of shown) old.close();
    const pages = await worker.clients.matchAll({ type: 'window' });
    // Somebody looks at the control room, which says so itself; otherwise a browser wants something to be shown for each push.
    if (pages.some((page) => page.visibilityState === 'visible')) return;
  }
  const options = { ...rest, tag, data, icon, badge: icon, renotify: false } as NotificationOptions; // TypeScript knows fewer of them
  await worker.registration.showNotification(title, options);
};

/** Opens the page in a window that is there, or in a new one. */
const open = async (path: string): Promise<void> => {
  const url = new URL(path, worker.location.origin);
  if (url.origin !== worker.location.origin) return;
  const pages = await worker.clients.matchAll({ type: 'window' });
  const page = pages.find((it) => it.focused) ?? pages[0];
  if (!page) return void (await worker.clients.openWindow(url.href));
  await page.focus().catch(() => undefined); // some browsers refuse; what was asked for is shown all the same
  await page.navigate(url.href).catch(() => worker.clients.openWindow(url.href)); // not ours to navigate yet
};

/** Decides, and says what came of it: a decision that was not recorded must not look as if it was. */
const decide = async (
  decision: 'approve' | 'deny',
  { grant, path = '/approvals' }: Told,
  tag: string,
): Promise<void> => {
  const say = (title: string, body: string) =>
    worker.registration.showNotification(title, { body, tag, icon, silent: true, data: { path } });
  try {
    const response = await fetch('/api/v1/notifications/decide', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant, decision }),
    });
    const answer = (await response.json().catch(() => ({}))) as { detail?: string; action?: string };
    if (response.ok)
      return await say(decision === 'approve' ? 'Approved' : 'Denied', answer.action?.slice(0, 140) ?? '');
    await say('Not decided', answer.detail ?? `Hive answered ${response.status}; open the approval`);
  } catch {
    await say('Not decided', 'Hive could not be reached. Open the approval and decide there.');
  }
};

worker.addEventListener('push', (event) => {
  const pushed = parsed(event);
  // What is asked of a person first: a browser may refuse a badge, or end whoever asks for one.
  event.waitUntil(show(pushed).finally(() => setBadge(pushed.app_badge)));
});

worker.addEventListener('notificationclick', (event) => {
  const { notification, action } = event;
  const told = (notification.data ?? {}) as Told;
  notification.close();
  const isDecision = action === 'approve' || action === 'deny';
  event.waitUntil(
    isDecision && told.grant !== undefined ? decide(action, told, notification.tag) : open(told.path ?? '/'),
  );
});

export {};
