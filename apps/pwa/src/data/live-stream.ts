import type { HiveEvent } from '@hive/events';
import { covers, isFromHub, unionOf, type FromHub, type LiveFilter, type ToHub } from './hub/hub-messages.ts';

export type { LiveFilter } from './hub/hub-messages.ts';

/** How fresh the screen is. `waiting` tries again at `retryAt` (ms since 1970). `asOf` is when the server was last heard. */
export type Connection =
  | { readonly state: 'connecting' }
  | { readonly state: 'live' }
  | { readonly state: 'waiting'; readonly retryAt: number; readonly asOf: number | null }
  | { readonly state: 'offline'; readonly asOf: number | null };

/** What followers are told. `hello` comes with each connection; `missed`: what was read before may lack events. */
export type LiveNews =
  | { readonly kind: 'events'; readonly events: readonly HiveEvent[] }
  | { readonly kind: 'hello'; readonly missed: boolean; readonly build: string };

/** A tab's way to the log. All tabs share one connection, which resumes by position: nothing is lost and nothing comes twice. */
export type LiveStream = {
  readonly connection: Connection;
  /** Resolves when the first connection stands, or has failed. */
  readonly opened: Promise<void>;
  start(): void;
  stop(): void;
  /** Tells this listener what comes. Who says by a filter what it needs may be told more; `types: []` asks for connections only. */
  follow(listener: (news: LiveNews) => void, filter?: LiveFilter): () => void;
  onConnection(listener: (connection: Connection) => void): () => void;
};

/** A tab's line to the hub. */
export type HubLink = { post(message: ToHub): void; close(): void };

/**
 * How a tab reaches the hub. `heard` is told whatever the hub says; `renewed`, that there is another hub now, which knows nothing of this tab.
 */
export type OpenHub = (told: { readonly heard: (message: unknown) => void; readonly renewed: () => void }) => HubLink;

const narrowMs = 5000;

const isHidden = (): boolean => globalThis.document?.visibilityState === 'hidden';

/** The tab's side of the hub: says what its pages want, and passes on what comes. */
export const createLiveStream = (openHub: OpenHub): LiveStream => {
  const followers = new Map<(news: LiveNews) => void, LiveFilter | null>();
  const watchers = new Set<(connection: Connection) => void>();
  const { promise: opened, resolve: settle } = Promise.withResolvers<void>();
  let connection: Connection = { state: 'connecting' };
  let link: HubLink | null = null;
  let position: number | null = null;
  let asking = false;
  let told: LiveFilter | null = { types: [] };
  let narrowing: ReturnType<typeof setTimeout> | undefined;

  const tell = (news: LiveNews) => [...followers.keys()].forEach((follower) => follower(news));
  const join = () => {
    clearTimeout(narrowing);
    narrowing = undefined;
    told = unionOf([...followers.values()]);
    link?.post({ hive: 'join', filter: told, visible: !isHidden(), after: position });
  };
  /** Pages come and go together; the hub is told once. */
  const joinSoon = () => {
    if (asking) return;
    asking = true;
    queueMicrotask(() => {
      asking = false;
      join();
    });
  };
  /** Who wants more says so at once; less is enough only when no other page has come meanwhile. */
  const want = () => {
    if (covers(told, unionOf([...followers.values()]))) narrowing ??= setTimeout(join, narrowMs);
    else joinSoon();
  };

  const hear = (message: FromHub) => {
    switch (message.hive) {
      case 'connection':
        connection = message.connection;
        if (connection.state === 'waiting' || connection.state === 'offline') settle();
        watchers.forEach((watcher) => watcher(connection));
        return;
      case 'hello':
        position = message.position;
        settle();
        return tell({ kind: 'hello', missed: message.missed, build: message.build });
      case 'events':
        position = message.position;
        // What the hub passes on is what the server's schemas made.
        return tell({ kind: 'events', events: JSON.parse(message.json) as HiveEvent[] });
      case 'passed':
        position = message.position;
        return;
      case 'pong':
        return;
    }
  };

  const leave = () => link?.post({ hive: 'leave' });
  return {
    get connection() {
      return connection;
    },
    opened,
    start() {
      if (link) return;
      link = openHub({
        heard: (message) => {
          if (link && isFromHub(message)) hear(message);
        },
        renewed: joinSoon,
      });
      join();
      globalThis.document?.addEventListener('visibilitychange', joinSoon);
      globalThis.addEventListener?.('pagehide', leave);
      globalThis.addEventListener?.('pageshow', joinSoon);
    },
    stop() {
      globalThis.document?.removeEventListener('visibilitychange', joinSoon);
      globalThis.removeEventListener?.('pagehide', leave);
      globalThis.removeEventListener?.('pageshow', joinSoon);
      clearTimeout(narrowing);
      narrowing = undefined;
      leave();
      link?.close();
      link = null;
      position = null;
    },
    follow(listener, filter) {
      followers.set(listener, filter ?? null);
      want();
      return () => {
        followers.delete(listener);
        want();
      };
    },
    onConnection(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
  };
};
