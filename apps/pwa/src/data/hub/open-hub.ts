import hubUrl from '../../workers/hub.ts?sharedworker&url';
import { workerUrl } from '../../workers/worker-url.ts';
import type { HubLink, OpenHub } from '../live-stream.ts';
import { isFromHub } from './hub-messages.ts';
import { holdTabLock } from './tab-lock.ts';

/** The files of a build have names of their own, so tabs of two builds have two hubs and never speak to each other's. */
const build = new URL(import.meta.url).pathname;

const askMs = 30_000;
const answerMs = 10_000;

/** The hub in a worker that all tabs of this build share. One that does not answer any more is left for a new one. */
const inSharedWorker: OpenHub = ({ heard, renewed }) => {
  let worker: SharedWorker;
  let asked: number | null = null;
  let fallback: HubLink | null = null;

  const start = () => {
    worker = new SharedWorker(workerUrl(hubUrl), { type: 'module', name: `hive-hub ${build}` });
    const mine = worker;
    mine.port.onmessage = ({ data }: MessageEvent<unknown>) => {
      if (worker !== mine || fallback) return;
      if (isFromHub(data)) asked = null;
      heard(data);
    };
    mine.onerror = () => {
      if (worker !== mine || fallback) return;
      // Its code cannot be had: this tab has a hub of its own.
      fallback = inThisTab({ heard, renewed });
      renewed();
    };
    void holdTabLock().then((holding) => mine.port.postMessage(holding));
  };
  start();

  const check = setInterval(() => {
    if (fallback || document.visibilityState === 'hidden') return;
    if (asked !== null && Date.now() - asked > answerMs) {
      asked = null;
      worker.port.close();
      start();
      return renewed();
    }
    asked ??= Date.now();
    worker.port.postMessage({ hive: 'ping' });
  }, askMs);

  return {
    post: (message) => (fallback ? fallback.post(message) : worker.port.postMessage(message)),
    close: () => {
      clearInterval(check);
      worker.port.onmessage = null;
      fallback?.close();
    },
  };
};

/** A hub of this tab alone; its code is loaded when it is needed. */
const inThisTab: OpenHub = ({ heard }) => {
  const port = { post: heard };
  const hub = import('./run-hub.ts').then(({ runHub }) => runHub());
  const say = (message: unknown) => void hub.then((it) => it.hear(port, message));
  return { post: say, close: () => say({ hive: 'leave' }) };
};

/** Without shared workers one tab, whoever has the lock, has the hub for all: they speak over a channel. */
const inOneTab: OpenHub = (told) => {
  let link: HubLink | null = null;
  let closed = false;
  const waiting: Parameters<HubLink['post']>[0][] = [];
  void import('./shared-by-lock.ts').then(({ sharedByLock }) => {
    if (closed) return;
    link = sharedByLock(`hive-hub ${build}`)(told);
    for (const message of waiting) link.post(message);
  });
  return {
    post: (message) => (link ? link.post(message) : void waiting.push(message)),
    close: () => {
      closed = true;
      link?.close();
    },
  };
};

/** The hub of this build, in the best form that this browser has. */
export const openHub: OpenHub = (told) => {
  if ('SharedWorker' in globalThis) return inSharedWorker(told);
  if ('BroadcastChannel' in globalThis && (navigator as { locks?: LockManager }).locks) return inOneTab(told);
  return inThisTab(told);
};
