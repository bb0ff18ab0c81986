const workerUrl = '/sw.js';

/** The part of Trusted Types that is used; TypeScript's own library does not know them. */
type TrustedTypes = {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
};

/** The one script that may become a service worker. */
const trustedWorkerUrl = (): string => {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) return workerUrl;
  const policy = trustedTypes.createPolicy('hive-sw', {
    createScriptURL: (url) => {
      if (url !== workerUrl) throw new TypeError('Only the service worker of Hive may be registered');
      return url;
    },
  });
  return policy.createScriptURL(workerUrl);
};

/** A new version that waits. `accept` lets it take over; the page is loaded anew once it has. */
export type Update = { accept(): void };

const hourMs = 3_600_000;

/** Calls back when a new worker waits behind the one that this page has, now or later. */
const onWaiting = (registration: ServiceWorkerRegistration, found: (worker: ServiceWorker) => void): void => {
  const { serviceWorker } = navigator;
  if (registration.waiting && serviceWorker.controller) found(registration.waiting);
  registration.addEventListener('updatefound', () => {
    const fresh = registration.installing;
    // The first worker of all replaces nobody, so there is nothing to ask.
    fresh?.addEventListener('statechange', () => {
      if (fresh.state === 'installed' && serviceWorker.controller) found(fresh);
    });
  });
};

/**
 * Registers the service worker and watches for new versions: on focus, hourly, and when `look` is called because the server said so.
 * Nothing is replaced before `accept`: a page keeps the version that it began with.
 */
export const watchForUpdates = (found: (update: Update) => void): { look: () => void } => {
  const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer };
  if (!serviceWorker) return { look: () => undefined };
  const registered = serviceWorker.register(trustedWorkerUrl()).catch(() => null); // not secure, or refused: the app works without
  // Offline: there will be another occasion.
  const look = () => void registered.then((registration) => registration?.update()).catch(() => undefined);
  const wasControlled = serviceWorker.controller !== null;
  let reloading = false;
  void registered.then((registration) => {
    if (!registration) return;
    onWaiting(registration, (worker) => found({ accept: () => worker.postMessage({ type: 'SKIP_WAITING' }) }));
  });
  serviceWorker.addEventListener('controllerchange', () => {
    if (!wasControlled || reloading) return;
    reloading = true;
    location.reload();
  });
  addEventListener('focus', look);
  setInterval(look, hourMs);
  return { look };
};
