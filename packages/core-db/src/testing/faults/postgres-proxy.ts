import { connect, createServer, type Server, type Socket } from 'node:net';
import { commits, createFrameReader, createStatementTracker, type Statement } from './wire.ts';

/**
 * What happens to one commit.
 * `lose-commit`: the line is cut before the commit reaches the server. `lose-reply`: the server has committed and the line is cut before
 * its answer leaves. `reset` does the same as `lose-reply` by a reset. `swallow-reply`: as `lose-reply`, but the line stays open and silent.
 * `swallow-commit`: the commit never arrives and the line stays open and silent.
 */
export type CommitFault = 'lose-commit' | 'lose-reply' | 'reset' | 'swallow-reply' | 'swallow-commit';

/**
 * How the lines are. `deaf`: the server does not hear the clients; `mute`: the clients do not hear the server; `blackhole`: both; a line that
 * lost something so stays silent for ever, new ones speak when it is fair again. `refused`: nobody listens, and all lines are cut.
 */
export type Weather = 'fair' | 'blackhole' | 'deaf' | 'mute' | 'refused';

/** A proxy in front of a PostgreSQL that can be told to misbehave. */
export type PostgresProxy = {
  readonly url: string;
  /** Changes the weather for all lines. */
  weather(now: Weather): Promise<void>;
  /** Cuts all lines, cleanly or by a reset. */
  cut(how: 'end' | 'reset'): void;
  /** How many lines are open, how many were opened in all, and how many commits met a fault. */
  counts(): { readonly open: number; readonly opened: number; readonly faults: number };
  close(): Promise<void>;
};

/** How a proxy is started. Nothing is set: it only passes on. */
export type ProxyOptions = {
  /** Asked at each commit, with its number from 1: the fault that it meets, or null. A seeded generator makes it repeatable. */
  readonly onCommit?: (n: number, statement: Statement) => CommitFault | null;
  /** Which statement is a commit; default {@link commits}. */
  readonly isCommit?: (statement: Statement) => boolean;
  /** Asked at each ring of the doorbell that the server passes on: how often the client hears it, and after how long. */
  readonly onRing?: () => readonly number[];
  /** Delay of each packet in both directions. */
  readonly latencyMs?: () => number;
  /** Sends every byte as a packet of its own. */
  readonly dribble?: boolean;
};

/** Starts a proxy in front of the server of `url`, on a port that the system chooses. */
export const startPostgresProxy = async (url: string, options: ProxyOptions = {}): Promise<PostgresProxy> => {
  const target = new URL(url);
  const lines = new Set<Line>();
  const counts = { opened: 0, faults: 0, commits: 0 };
  let weather: Weather = 'fair';
  let server: Server;

  const faultOf = (statement: Statement): CommitFault | null => {
    if (!(options.isCommit ?? commits)(statement)) return null;
    counts.commits += 1;
    const fault = options.onCommit?.(counts.commits, statement) ?? null;
    if (fault !== null) counts.faults += 1;
    return fault;
  };
  const accept = (client: Socket) => {
    counts.opened += 1;
    const line = openLine(client, {
      target,
      faultOf,
      options,
      weather: () => weather,
      ended: () => lines.delete(line),
    });
    lines.add(line);
  };
  const listen = (port: number): Promise<void> =>
    new Promise((listening, fail) => {
      server = createServer(accept).once('error', fail);
      server.listen(port, '127.0.0.1', () => listening());
    });
  await listen(0);
  const address = server!.address();
  if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');
  const { port } = address;
  const own = new URL(url);
  own.host = `127.0.0.1:${port}`;
  const cut = (how: 'end' | 'reset') => {
    for (const line of lines) line.cut(how);
  };
  const stop = () => new Promise<void>((stopped) => server.close(() => stopped()));

  return {
    url: own.href,
    weather: async (now) => {
      const before = weather;
      weather = now;
      if (now === 'refused' && before !== 'refused') {
        const stopped = stop();
        cut('reset');
        await stopped;
      } else if (before === 'refused' && now !== 'refused') await listen(port);
    },
    cut,
    counts: () => ({ open: lines.size, opened: counts.opened, faults: counts.faults }),
    close: async () => {
      const stopped = weather === 'refused' ? Promise.resolve() : stop();
      cut('end');
      await stopped;
    },
  };
};

type Line = { readonly cut: (how: 'end' | 'reset') => void };

const openLine = (
  client: Socket,
  around: {
    readonly target: URL;
    readonly options: ProxyOptions;
    readonly weather: () => Weather;
    readonly faultOf: (statement: Statement) => CommitFault | null;
    readonly ended: () => void;
  },
): Line => {
  const { target, options } = around;
  const server = connect({ host: target.hostname, port: Number(target.port || 5432) });
  const silent = { toServer: false, toClient: false };
  const readClient = createFrameReader(1);
  const readServer = createFrameReader(0);
  const statementOf = createStatementTracker();
  const toServer = createSender(server, options);
  const toClient = createSender(client, options);
  let isInTransaction = false;
  /** Answers that the server still owes: each simple query and each Sync has one. */
  let owed = 0;
  /** After so many more answers the server has executed the commit that is to be lost. */
  let doomed: { answers: number; how: 'lose-reply' | 'reset' | 'swallow-reply' } | null = null;
  let isOpen = true;

  const cut = (how: 'end' | 'reset') => {
    for (const socket of [client, server])
      if (how === 'reset') socket.resetAndDestroy();
      else socket.destroy();
    if (!isOpen) return;
    isOpen = false;
    around.ended();
  };
  const lookOut = () => {
    const weather = around.weather();
    if (weather === 'blackhole' || weather === 'deaf') silent.toServer = true;
    if (weather === 'blackhole' || weather === 'mute') silent.toClient = true;
  };

  client.on('data', (chunk) => {
    lookOut();
    for (const frame of readClient(chunk)) {
      if (silent.toServer) return;
      const sql = statementOf(frame);
      const fault = sql === null ? null : around.faultOf({ sql, inTransaction: isInTransaction });
      if (fault === 'lose-commit') return cut('end');
      if (fault === 'swallow-commit') return void (silent.toServer = true);
      // A simple query is answered itself, an executed portal by the Sync that follows.
      if (fault !== null) doomed = { answers: owed + 1, how: fault };
      if (frame.type === 'Q' || frame.type === 'S') owed += 1;
      toServer(frame.bytes);
    }
  });
  server.on('data', (chunk) => {
    lookOut();
    for (const frame of readServer(chunk)) {
      const isReady = frame.type === 'Z';
      if (isReady) {
        isInTransaction = frame.bytes[5] !== 0x49; // I: idle
        owed = Math.max(0, owed - 1);
      }
      const isDoomed = doomed !== null && doomed.answers === 1;
      if (silent.toClient || isDoomed) {
        // Nobody hears it.
      } else if (frame.type === 'A' && options.onRing) {
        for (const ms of options.onRing()) setTimeout(() => client.writable && toClient(frame.bytes), ms);
      } else toClient(frame.bytes);
      if (!isReady || doomed === null) continue;
      doomed = { ...doomed, answers: doomed.answers - 1 };
      if (doomed.answers > 0) continue;
      if (doomed.how === 'swallow-reply') silent.toClient = silent.toServer = true;
      else return cut(doomed.how === 'reset' ? 'reset' : 'end');
      doomed = null;
    }
  });
  for (const socket of [client, server]) {
    socket.setNoDelay(true);
    socket.on('error', () => cut('end'));
  }
  client.on('close', () => cut('end'));
  // A line that is silent does not say either that the server has gone.
  server.on('close', () => {
    if (!silent.toServer && !silent.toClient) cut('end');
  });
  return { cut };
};

/** Writes in order: at once, after a delay, or byte by byte. */
const createSender = (socket: Socket, { latencyMs, dribble }: ProxyOptions): ((bytes: Buffer) => void) => {
  if (!latencyMs && !dribble) return (bytes) => void socket.write(bytes);
  let last = Promise.resolve();
  const send = async (bytes: Buffer): Promise<void> => {
    if (latencyMs) await new Promise((after) => setTimeout(after, latencyMs()));
    if (!dribble) return void socket.write(bytes);
    for (const byte of bytes) await new Promise<void>((sent) => socket.write(Buffer.of(byte), () => sent()));
  };
  return (bytes) => {
    last = last.then(() => (socket.destroyed ? undefined : send(bytes)));
  };
};
