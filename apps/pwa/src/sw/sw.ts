import { decisionsTag } from '../data/decisions-tag.ts';
import './push.ts';
import { sendDecisions } from './send-decisions.ts';

// The service worker: keeps one version of the shell for offline use and answers nothing else. It never touches /api/.
// What it does beside that (decisions that wait, pushes) stands in files of its own.
// `globalThis` is typed as a window, since the same project holds the pages.
const worker = globalThis as unknown as ServiceWorkerGlobalScope;

declare global {
  interface Window {
    /** Replaced by the list of the shell's files when the worker is built, so it must be read exactly once. */
    readonly __WB_MANIFEST: readonly { readonly url: string; readonly revision: string | null }[];
  }
}

const files = self.__WB_MANIFEST;
const addressOf = ({ url }: { readonly url: string }): string => new URL(url, worker.location.origin).pathname;
const shell = new Set(files.map(addressOf));

/** One cache per version: a page and its chunks always come from the same one. */
const versionOf = (list: typeof files): string => {
  let hash = 5381;
  for (const { url, revision } of list)
    for (const c of `${url}@${revision}`) hash = (hash * 33 + c.charCodeAt(0)) >>> 0;
  return hash.toString(36);
};
const cacheName = `hive-shell-${versionOf(files)}`;

/** How many files are fetched at a time: a page may be at work beside it. */
const together = 6;

/** What has its content in its name cannot be old; the rest is asked for anew. */
const requestOf = (address: string): Request =>
  new Request(address, { cache: address.startsWith('/assets/') ? 'default' : 'reload' });

const fill = async (): Promise<void> => {
  const cache = await caches.open(cacheName);
  // By address: the build may name a file twice, and addAll refuses that.
  const missing = [...shell];
  while (missing.length > 0) await cache.addAll(missing.splice(0, together).map(requestOf));
};

const forgetOlder = async (): Promise<void> => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name)));
};

const fromShell = async (request: Request, address: string): Promise<Response> => {
  const cache = await caches.open(cacheName);
  return (await cache.match(address)) ?? fetch(request);
};

type Route = {
  readonly condition: { readonly urlPattern: string };
  readonly source: 'network' | { readonly cacheName: string };
};
/** The install event of a browser that routes by itself (WICG, Service Worker Static Routing API); TypeScript does not know it yet. */
type RoutingEvent = ExtendableEvent & { addRoutes?(routes: readonly Route[]): Promise<void> };

/**
 * Questions to Hive and the chunks pass by this script and do not wake it. That is not only quicker: in Chromium a worker that is woken at the
 * moment when another version is told to take over holds it up for minutes.
 */
const passBy = async (event: RoutingEvent): Promise<void> =>
  event
    .addRoutes?.([
      { condition: { urlPattern: '/api/*' }, source: 'network' },
      { condition: { urlPattern: '/assets/*' }, source: { cacheName } },
    ])
    .catch(() => undefined); // it also works without

worker.addEventListener('install', (event) => event.waitUntil(Promise.all([fill(), passBy(event)])));
worker.addEventListener('activate', (event) => event.waitUntil(forgetOlder()));

worker.addEventListener('message', (event) => {
  if ((event.data as { type?: string } | null)?.type === 'SKIP_WAITING') void worker.skipWaiting();
});

// A decision that was taken offline is sent when there is a network, also when no page is open. Rejecting makes the browser try again.
worker.addEventListener('sync', (event) => {
  const sync = event as ExtendableEvent & { readonly tag: string };
  if (sync.tag === decisionsTag) sync.waitUntil(sendDecisions());
});

worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== worker.location.origin || url.pathname.startsWith('/api/'))
    return;
  if (event.request.mode === 'navigate') event.respondWith(fromShell(event.request, '/index.html'));
  else if (shell.has(url.pathname)) event.respondWith(fromShell(event.request, url.pathname));
});
