// The service worker: keeps one version of the shell for offline use and answers nothing else. It never touches /api/.
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

const fill = async (): Promise<void> => {
  const cache = await caches.open(cacheName);
  // By address: the build may name a file twice, and addAll refuses that.
  await cache.addAll([...shell].map((address) => new Request(address, { cache: 'reload' })));
};

const forgetOlder = async (): Promise<void> => {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name !== cacheName).map((name) => caches.delete(name)));
};

const fromShell = async (request: Request, address: string): Promise<Response> => {
  const cache = await caches.open(cacheName);
  return (await cache.match(address)) ?? fetch(request);
};

worker.addEventListener('install', (event) => event.waitUntil(fill()));
worker.addEventListener('activate', (event) => event.waitUntil(forgetOlder()));

worker.addEventListener('message', (event) => {
  if ((event.data as { type?: string } | null)?.type === 'SKIP_WAITING') void worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== 'GET' || url.origin !== worker.location.origin || url.pathname.startsWith('/api/'))
    return;
  if (event.request.mode === 'navigate') event.respondWith(fromShell(event.request, '/index.html'));
  else if (shell.has(url.pathname)) event.respondWith(fromShell(event.request, url.pathname));
});

export {};
