import { Workbox } from 'workbox-window';

const workerUrl = '/sw.js';

type WorkerUrl = ConstructorParameters<typeof Workbox>[0];
/** The part of Trusted Types that is used; TypeScript's own library does not know them. */
type TrustedTypes = {
  createPolicy(
    name: string,
    rules: { createScriptURL(url: string): string },
  ): { createScriptURL(url: string): WorkerUrl };
};

/** The one script that may become a service worker. */
const trustedWorkerUrl = (): WorkerUrl => {
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

/**
 * Registers the service worker and watches for new versions: on focus, hourly, and when `look` is called because the server said so.
 * Nothing is replaced before `accept`: a page keeps the version that it began with.
 */
export const watchForUpdates = (found: (update: Update) => void): { look: () => void } => {
  if (!('serviceWorker' in navigator)) return { look: () => undefined };
  const workbox = new Workbox(trustedWorkerUrl());
  const look = () => void workbox.update().catch(() => undefined); // offline: there will be another occasion
  const wasControlled = navigator.serviceWorker.controller !== null;
  let reloading = false;
  workbox.addEventListener('waiting', () => found({ accept: () => workbox.messageSkipWaiting() }));
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (!wasControlled || reloading) return;
    reloading = true;
    location.reload();
  });
  void workbox.register();
  addEventListener('focus', look);
  setInterval(look, hourMs);
  return { look };
};

const reloadedKey = 'hive-chunk-reload';

/** A chunk that is gone from the server means that this page is old: load it anew, once. */
export const reloadOnMissingChunk = (): void => {
  addEventListener('vite:preloadError', () => {
    if (sessionStorage.getItem(reloadedKey)) return;
    sessionStorage.setItem(reloadedKey, '1');
    location.reload();
  });
};
