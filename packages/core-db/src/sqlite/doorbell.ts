import { chmodSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { coalesce } from '../coalesce.ts';
import { temporaryPath } from './doorbell-path.ts';

/** Wakes every process that uses the same home, this one included. */
export type Doorbell = {
  readonly ring: () => void;
  readonly listen: (heard: () => void) => () => void;
  readonly close: () => Promise<void>;
};

const everyMs = 3;
const lookMs = 1_000;
const byte = Buffer.from([1]);

/**
 * A star of unix sockets: one process is the hub and passes each ring on, the others are connected to it. Whoever finds no hub becomes
 * it by renaming its own socket over the common name, which is atomic; a hub whose name was taken notices and joins the new one.
 * Rings may be lost while this happens, so `changed` (the database itself) is asked once a second.
 */
export const createDoorbell = (path: string, changed: () => boolean): Doorbell => {
  const listeners = new Set<() => void>();
  const guests = new Set<Socket>();
  let hub: { readonly server: Server; readonly inode: number } | null = null;
  let link: Socket | null = null;
  let connected = false;
  let timer: NodeJS.Timeout | null = null;
  let retry: NodeJS.Timeout | null = null;
  let started = false;
  let closed = false;
  let missed = false;

  const hear = coalesce(() => {
    for (const heard of listeners) heard();
  }, everyMs);

  /** To all others: the hub tells every guest but the one that rang, a guest tells the hub. */
  const send = (from?: Socket) => {
    if (hub) for (const guest of guests) guest === from || guest.write(byte);
    else if (connected) link?.write(byte);
    else missed = true;
  };
  const tell = coalesce(() => send(), everyMs);

  const again = () => {
    if (closed || retry) return;
    retry = setTimeout(() => {
      retry = null;
      join();
    }, Math.random() * 20);
  };

  const join = () => {
    if (closed || hub || link) return;
    const socket = connect(path);
    link = socket;
    socket.on('connect', () => {
      connected = true;
      if (missed) send();
      missed = false;
    });
    socket.on('data', hear.ask);
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (!connected && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED')) becomeHub();
    });
    socket.on('close', () => {
      if (link === socket) {
        link = null;
        connected = false;
      }
      if (!hub) again();
    });
  };

  const becomeHub = () => {
    if (closed || hub) return;
    const own = temporaryPath(path);
    rmSync(own, { force: true });
    const server = createServer((guest) => {
      guests.add(guest);
      guest.on('data', () => {
        hear.ask();
        send(guest);
      });
      guest.on('error', () => guest.destroy());
      guest.on('close', () => guests.delete(guest));
    });
    server.on('error', again);
    server.listen(own, () => {
      if (closed) return void server.close();
      try {
        chmodSync(own, 0o600);
        hub = { server, inode: statSync(own).ino };
        renameSync(own, path);
      } catch {
        resign();
        return;
      }
      if (missed) send();
      missed = false;
      // Two processes may have found no hub at the same moment; the later name stands.
      setTimeout(check, 10 + Math.random() * 20);
    });
  };

  const resign = () => {
    hub?.server.close();
    hub = null;
    for (const guest of guests) guest.destroy();
    again();
  };

  const check = () => {
    if (!hub || closed) return;
    if (inodeOf(path) !== hub.inode) resign();
  };

  const look = () => {
    timer = setTimeout(look, lookMs * (0.8 + Math.random() * 0.2));
    check();
    if (changed()) hear.ask();
  };

  const start = () => {
    if (started || closed) return;
    started = true;
    join();
  };

  return {
    ring: () => {
      if (closed) return;
      start();
      // Not within the caller's turn: it has not yet seen the result of its own write.
      setImmediate(hear.ask);
      tell.ask();
    },
    listen: (heard) => {
      listeners.add(heard);
      start();
      timer ??= setTimeout(look, lookMs * Math.random());
      return () => void listeners.delete(heard);
    },
    close: async () => {
      if (missed || link) await flushed(link);
      closed = true;
      hear.stop();
      tell.stop();
      if (timer) clearTimeout(timer);
      if (retry) clearTimeout(retry);
      link?.destroy();
      for (const guest of guests) guest.destroy();
      if (!hub) return;
      if (inodeOf(path) === hub.inode) rmSync(path, { force: true });
      await new Promise((done) => hub?.server.close(done));
    },
  };
};

const inodeOf = (path: string): number | null => {
  try {
    return statSync(path).ino;
  } catch {
    return null;
  }
};

/** Waits until what was rung has left this process, but never long: a ring is only a hint. */
const flushed = async (link: Socket | null): Promise<void> => {
  if (!link) return;
  const left = () => new Promise<void>((done) => link.end(byte, done));
  const late = new Promise<void>((done) => setTimeout(done, 100).unref());
  await Promise.race([
    link.connecting ? new Promise<void>((done) => link.once('connect', () => done())).then(left) : left(),
    late,
  ]);
};
