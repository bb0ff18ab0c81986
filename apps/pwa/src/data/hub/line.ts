import type { Connection } from '../live-stream.ts';

/** The part of an EventSource that is used, so that tests can speak for the server. */
export type Source = Pick<EventSource, 'addEventListener' | 'close' | 'onerror'>;

/** A frame of the server as it came. `id` is null where it has none. */
export type Frame = {
  readonly name: 'hello' | 'events' | 'beat' | 'gap' | 'bye';
  readonly data: string;
  readonly id: number | null;
};

/** What a line needs of the world. */
export type LineOptions = {
  readonly open: (url: string) => Source;
  readonly online: () => boolean;
  /** Where to connect to, asked for each time. */
  readonly url: () => string;
  readonly heard: (frame: Frame) => void;
  readonly became: (connection: Connection) => void;
};

/** One connection to the server that is made again whenever it ends. It resumes where `url` says; the browser's own resuming is never used. */
export type Line = {
  readonly connection: Connection;
  /** Connects now, anew where it was connected, without calling that a break. */
  connect(): void;
  /** Hangs up; nothing more is heard until `connect`. */
  close(): void;
  /** The network came back, or somebody looks again: no need to wait any longer. */
  wake(): void;
  /** The network has gone. */
  sleep(): void;
};

const names = ['hello', 'events', 'beat', 'gap', 'bye'] as const;
const longestPauseMs = 15_000;
/** Two beats and a little: a stream that is silent for longer is dead although it looks open. */
const silenceMs = 35_000;

export const createLine = ({ open, online, url, heard, became }: LineOptions): Line => {
  let connection: Connection = { state: 'connecting' };
  let source: Source | null = null;
  let failures = 0;
  let heardAt: number | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let watchdog: ReturnType<typeof setTimeout> | undefined;

  const become = (next: Connection) => {
    connection = next;
    became(next);
  };
  const listen = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(lost, silenceMs);
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
      online()
        ? { state: 'waiting', retryAt: Date.now() + pauseMs, asOf: heardAt }
        : { state: 'offline', asOf: heardAt },
    );
  };
  function lost() {
    failures += 1;
    again(Math.min(longestPauseMs, 1000 * 2 ** (failures - 1)));
  }

  function connect() {
    close();
    const mine = open(url());
    source = mine;
    listen();
    for (const name of names)
      mine.addEventListener(name, (event) => {
        if (source !== mine) return;
        heardAt = Date.now();
        listen();
        const { data, lastEventId } = event as MessageEvent<string>;
        if (name === 'hello') {
          failures = 0;
          if (connection.state !== 'live') become({ state: 'live' });
        }
        heard({ name, data, id: lastEventId === '' ? null : Number(lastEventId) });
        if (name === 'bye') again((JSON.parse(data) as { retryMs?: number }).retryMs ?? 1000);
      });
    mine.onerror = () => {
      if (source === mine) lost();
    };
  }

  return {
    get connection() {
      return connection;
    },
    connect,
    close,
    wake: () => {
      if (connection.state !== 'waiting' && connection.state !== 'offline') return;
      become({ state: 'connecting' });
      connect();
    },
    sleep: () => {
      close();
      become({ state: 'offline', asOf: heardAt });
    },
  };
};
