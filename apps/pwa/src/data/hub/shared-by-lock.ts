import type { OpenHub } from '../live-stream.ts';
import type { Port } from './hub.ts';
import { runHub } from './run-hub.ts';
import { holdTabLock, tabGone } from './tab-lock.ts';

/** What is said on the channel: by a tab to the hub, by the hub to one tab, and by a new hub to all. */
type Said =
  | { readonly from: string; readonly said: unknown }
  | { readonly to: string; readonly said: unknown }
  | { readonly hub: 'new' };

/** Leads for as long as this tab lives: it has the hub, and every tab, this one too, is a port on the channel. */
const lead = (name: string): Promise<never> => {
  const channel = new BroadcastChannel(name);
  const hub = runHub();
  const ports = new Map<string, Port>();
  channel.onmessage = ({ data }: MessageEvent<Said | null>) => {
    if (!data || !('from' in data) || typeof data.from !== 'string' || data.from.length > 100) return;
    const { from, said } = data;
    const port = ports.get(from) ?? { post: (message) => channel.postMessage({ to: from, said: message }) };
    ports.set(from, port);
    hub.hear(port, said);
    tabGone(said, () => {
      hub.drop(port);
      ports.delete(from);
    });
  };
  channel.postMessage({ hub: 'new' } satisfies Said);
  return new Promise(() => undefined);
};

/** One of the tabs that share this name has the hub: the one that holds the lock. When it goes, another one begins where it ended. */
export const sharedByLock =
  (name: string): OpenHub =>
  ({ heard, renewed }) => {
    const me = crypto.randomUUID();
    const channel = new BroadcastChannel(name);
    const leaving = new AbortController();
    const say = (said: unknown) => channel.postMessage({ from: me, said } satisfies Said);
    const introduce = () => void holding.then(say);
    const holding = holdTabLock();
    channel.onmessage = ({ data }: MessageEvent<Said | null>) => {
      if (!data) return;
      if ('to' in data && data.to === me) heard(data.said);
      if ('hub' in data) {
        introduce();
        renewed();
      }
    };
    introduce();
    navigator.locks.request(name, { signal: leaving.signal }, () => lead(name)).catch(() => undefined); // it has left before its turn
    return {
      post: say,
      close: () => {
        leaving.abort();
        channel.close();
      },
    };
  };
