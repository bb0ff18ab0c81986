import type { BrowserContext, CDPSession, Page, Worker } from 'playwright';

/** What a service worker has, of which programs of Node know nothing. */
export type WorkerScope = {
  fetch: unknown;
  asked?: string[];
  registration: {
    getNotifications(): Promise<{ title: string; body: string; tag: string; data: unknown; actions: unknown[] }[]>;
  };
  dispatchEvent(event: unknown): boolean;
  NotificationEvent: new (type: string, init: object) => unknown;
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
        const { registration, dispatchEvent, NotificationEvent } = globalThis as unknown as WorkerScope;
        const [notification] = await registration.getNotifications();
        dispatchEvent(new NotificationEvent('notificationclick', { notification, action }));
      }, action),
  };
};

const registrationOf = async (cdp: CDPSession): Promise<string> => {
  const found = new Promise<string>((resolve) =>
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      if (registrations[0]) resolve(registrations[0].registrationId);
    }),
  );
  await cdp.send('ServiceWorker.enable');
  return found;
};
