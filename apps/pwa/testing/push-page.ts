import type { BrowserContext, CDPSession, Page, Worker } from 'playwright';

type Shown = {
  readonly title: string;
  readonly body: string;
  readonly tag: string;
  readonly data: unknown;
  readonly actions: readonly unknown[];
  close(): void;
};

/** What a service worker has, of which programs of Node know nothing. */
export type WorkerScope = {
  fetch: unknown;
  asked?: string[];
  navigator: object;
  registration: {
    getNotifications(of?: { tag?: string }): Promise<readonly Shown[]>;
    showNotification(title: string, options: Partial<Shown>): Promise<void>;
  };
  dispatchEvent(event: unknown): boolean;
  ExtendableEvent: new (type: string) => object;
};

/** The notifications of a page whose service worker is ready: pushing some, seeing what is shown, and tapping the first. */
export const notificationsOf = async (page: Page, context: BrowserContext) => {
  const { origin } = new URL(page.url());
  // What is pushed to a worker that still takes over is lost.
  await page.evaluate(`navigator.serviceWorker.ready.then(({ active }) => new Promise((resolve) => {
    const look = () => active.state === 'activated' && resolve(true);
    active.addEventListener('statechange', look);
    look();
  }))`);
  const cdp = await context.newCDPSession(page);
  const registrationId = await registrationOf(cdp);
  const worker = context.serviceWorkers()[0] as Worker; // it is ready
  await giveScreen(worker);
  return {
    worker,
    push: (data: object) =>
      cdp.send('ServiceWorker.deliverPushMessage', { origin, registrationId, data: JSON.stringify(data) }),
    shown: () =>
      worker.evaluate(async () => {
        const { registration } = globalThis as unknown as WorkerScope;
        const all = await registration.getNotifications();
        return all.map(({ title, body, tag, data, actions }) => ({ title, body, tag, data, actions: actions.length }));
      }),
    /** `action` is that of a button, empty for the notification itself. */
    tap: (action: string) =>
      worker.evaluate(async (action) => {
        const { registration, dispatchEvent, ExtendableEvent } = globalThis as unknown as WorkerScope;
        const [notification] = await registration.getNotifications();
        dispatchEvent(Object.assign(new ExtendableEvent('notificationclick'), { notification, action }));
      }, action),
  };
};

/**
 * The headless shell of Chromium has no screen for notifications: it keeps none that is shown, and ends a worker that asks for a badge. There a
 * list stands in for the screen; a whole Chromium keeps its own.
 */
const giveScreen = (worker: Worker): Promise<void> =>
  worker.evaluate(async () => {
    const { registration, navigator } = globalThis as unknown as WorkerScope;
    const probe = { tag: 'probe' };
    await registration.showNotification('Probe', probe).catch(() => undefined); // then it is not there either
    const kept = await registration.getNotifications(probe);
    for (const notification of kept) notification.close();
    if (kept.length > 0) return;
    const screen = new Map<string, Shown>();
    Object.defineProperty(navigator, 'setAppBadge', { value: undefined });
    registration.showNotification = (title, { tag = '', body = '', data, actions = [] }) => {
      screen.set(tag, { title, tag, body, data, actions, close: () => screen.delete(tag) });
      return Promise.resolve();
    };
    registration.getNotifications = ({ tag } = {}) =>
      Promise.resolve([...screen.values()].filter((it) => tag === undefined || it.tag === tag));
  });

const registrationOf = async (cdp: CDPSession): Promise<string> => {
  const found = new Promise<string>((resolve) =>
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations[0]) resolve(registrations[0].registrationId);
    }),
  );
  await cdp.send('ServiceWorker.enable');
  return found;
};
