import type { HiveEvent } from '@hive/events';

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

/** The part of an EventSource that is used, so that tests can speak for the server. */
export type Source = Pick<EventSource, 'addEventListener' | 'close' | 'onerror'>;

/** What the stream needs of the world. `fetchGap` reads what the server had to leave out, both positions included. */
export type LiveOptions = {
  readonly open: (url: string) => Source;
  readonly fetchGap: (from: number, to: number) => Promise<readonly HiveEvent[]>;
  readonly now?: () => number;
  readonly online?: () => boolean;
};

/** One connection to the log for this tab. It resumes by position; an event may come twice and never not at all. */
export type LiveStream = {
  readonly connection: Connection;
  /** Resolves when the first connection stands, or has failed. */
  readonly opened: Promise<void>;
  start(): void;
  stop(): void;
  follow(listener: (news: LiveNews) => void): () => void;
  onConnection(listener: (connection: Connection) => void): () => void;
};

const longestPauseMs = 15_000;
/** Two beats and a little: a stream that is silent for longer is dead although it looks open. */
const silenceMs = 35_000;

export const createLiveStream = (options: LiveOptions): LiveStream => {
  const now = options.now ?? Date.now;
  const online = options.online ?? (() => navigator.onLine);
  const followers = new Set<(news: LiveNews) => void>();
  const watchers = new Set<(connection: Connection) => void>();
  let connection: Connection = { state: 'connecting' };
  let source: Source | null = null;
  let cursor: number | null = null;
  let failures = 0;
  let heardAt: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watchdog: ReturnType<typeof setTimeout> | undefined;

  const { promise: opened, resolve: settle } = Promise.withResolvers<void>();

  const tell = (news: LiveNews) => followers.forEach((follower) => follower(news));
  const become = (next: Connection) => {
    connection = next;
    if (next.state !== 'connecting') settle();
    watchers.forEach((watcher) => watcher(next));
  };
  const heard = () => {
    heardAt = now();
    clearTimeout(watchdog);
    watchdog = setTimeout(lost, silenceMs);
  };
  // Frames may come late and out of turn with a gap's fetch; the cursor only grows.
  const passed = (position: number) => {
    if (Number.isFinite(position)) cursor = Math.max(cursor ?? 0, position);
  };
  const close = () => {
    clearTimeout(timer);
    clearTimeout(watchdog);
    source?.close();
    source = null;
  };
  const again = (pauseMs: number) => {
    close();
    timer = setTimeout(connect, pauseMs);
    become(
      online() ? { state: 'waiting', retryAt: now() + pauseMs, asOf: heardAt } : { state: 'offline', asOf: heardAt },
    );
  };
  function lost() {
    failures += 1;
    again(Math.min(longestPauseMs, 1000 * 2 ** (failures - 1)));
  }
  const fill = (from: number, to: number) =>
    options.fetchGap(from, to).then(
      (events) => tell({ kind: 'events', events }),
      () => tell({ kind: 'hello', missed: true, build: '' }),
    );

  function connect() {
    const mine = options.open(`/api/v1/stream${cursor === null ? '' : `?after=${cursor}`}`);
    source = mine;
    const on = <T>(frame: string, take: (data: T, id: number) => void) =>
      mine.addEventListener(frame, (event) => {
        if (source !== mine) return;
        heard();
        const message = event as MessageEvent<string>;
        take(JSON.parse(message.data) as T, message.lastEventId === '' ? NaN : Number(message.lastEventId));
      });
    on<{ build: string; head: number; oldest?: number }>('hello', ({ build, head, oldest }) => {
      const missed = cursor === null || head < cursor || (oldest !== undefined && cursor < oldest - 1);
      if (missed) cursor = head;
      failures = 0;
      become({ state: 'live' });
      tell({ kind: 'hello', missed, build });
    });
    on<HiveEvent[]>('events', (events, id) => {
      tell({ kind: 'events', events });
      passed(id);
      for (const event of events) passed(event.position);
    });
    on('beat', (_beat: unknown, id) => passed(id));
    on<{ from: number; to: number }>('gap', ({ from, to }, id) => {
      passed(id);
      void fill(from, to);
    });
    on<{ retryMs?: number }>('bye', ({ retryMs }) => again(retryMs ?? 1000));
    mine.onerror = () => {
      if (source === mine) lost();
    };
  }

  const wake = () => {
    if (connection.state !== 'waiting' && connection.state !== 'offline') return;
    close();
    become({ state: 'connecting' });
    connect();
  };
  const sleep = () => {
    close();
    become({ state: 'offline', asOf: heardAt });
  };

  return {
    get connection() {
      return connection;
    },
    opened,
    start() {
      globalThis.addEventListener?.('online', wake);
      globalThis.addEventListener?.('offline', sleep);
      connect();
    },
    stop() {
      globalThis.removeEventListener?.('online', wake);
      globalThis.removeEventListener?.('offline', sleep);
      close();
    },
    follow(listener) {
      followers.add(listener);
      return () => followers.delete(listener);
    },
    onConnection(listener) {
      watchers.add(listener);
      return () => watchers.delete(listener);
    },
  };
};
