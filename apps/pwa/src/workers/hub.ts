// The one connection of all tabs: each of them has a port here.
import type { Port } from '../data/hub/hub.ts';
import { runHub } from '../data/hub/run-hub.ts';
import { tabGone } from '../data/hub/tab-lock.ts';

// `globalThis` is typed as a window, since the same project holds the pages.
const worker = globalThis as unknown as SharedWorkerGlobalScope;
const hub = runHub();

worker.addEventListener('connect', ({ ports }) => {
  const [line] = ports;
  if (!line) return;
  const port: Port = { post: (message) => line.postMessage(message) };
  line.onmessage = ({ data }: MessageEvent<unknown>) => {
    hub.hear(port, data);
    tabGone(data, () => {
      hub.drop(port);
      line.close();
    });
  };
  line.start();
});
