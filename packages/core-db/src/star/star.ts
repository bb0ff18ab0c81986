import { chmodSync, renameSync, rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { temporaryPath } from './doorbell-path.ts';

/** One end of a line to another process. A word is one byte, and may be lost with the process. */
export type Peer = { readonly tell: (word: number) => void };

/** What a star calls. The hub hears its guests, a guest hears the hub. */
export type StarListener = {
  readonly heard: (word: number, from: Peer) => void;
  /** This process is in: it is the hub (null), or the hub is there. */
  readonly joined: (hub: Peer | null) => void;
  /** There is no hub any more as far as this process knows; another will be found. */
  readonly lost: () => void;
  /** A guest of this hub has gone. */
  readonly left: (guest: Peer) => void;
};

/** The processes of one home, each connected to the one of them that is the hub. */
export type Star = {
  /** Joins, or becomes the hub. Harmless when repeated. */
  readonly start: () => void;
  /** All that this process is connected to: as the hub its guests, else the hub. */
  readonly others: () => Iterable<Peer>;
  /** Looks whether the hub's name is still its own. */
  readonly check: () => void;
  /** Leaves. A last word is waited for, but never long. */
  readonly close: (lastWord: number) => Promise<void>;
};

let made = 0;

/**
 * A star of unix sockets. Whoever finds no hub becomes it by renaming its own socket over the common name, which is atomic; a hub whose
 * name was taken notices and joins the new one. Words may be lost while this happens.
 */
export const createStar = (path: string, listener: StarListener): Star => {
  const own = temporaryPath(path, made++);
  const guests = new Map<Socket, Peer>();
  let hub: { readonly server: Server; readonly inode: number } | null = null;
  let link: { readonly socket: Socket; readonly peer: Peer; connected: boolean } | null = null;
  let retry: NodeJS.Timeout | null = null;
  let started = false;
  let closed = false;

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
    const mine = { socket, peer: peerOf(socket), connected: false };
    link = mine;
    socket.on('connect', () => {
      mine.connected = true;
      listener.joined(mine.peer);
    });
    socket.on('data', (bytes) => {
      for (const word of bytes) listener.heard(word, mine.peer);
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (!mine.connected && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED')) becomeHub();
    });
    socket.on('close', () => {
      if (link === mine) link = null;
      if (mine.connected) listener.lost();
      if (!hub) again();
    });
  };

  const becomeHub = () => {
    if (closed || hub) return;
    rmSync(own, { force: true });
    const server = createServer((guest) => {
      const peer = peerOf(guest);
      guests.set(guest, peer);
      guest.on('data', (bytes) => {
        for (const word of bytes) listener.heard(word, peer);
      });
      guest.on('error', () => guest.destroy());
      guest.on('close', () => {
        guests.delete(guest);
        listener.left(peer);
      });
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
      listener.joined(null);
      // Two processes may have found no hub at the same moment; the later name stands.
      setTimeout(check, 10 + Math.random() * 20);
    });
  };

  const resign = () => {
    hub?.server.close();
    hub = null;
    listener.lost();
    for (const guest of guests.keys()) guest.destroy();
    again();
  };

  const check = () => {
    if (!hub || closed) return;
    if (inodeOf(path) !== hub.inode) resign();
  };

  return {
    start: () => {
      if (started || closed) return;
      started = true;
      join();
    },
    others: () => (hub ? guests.values() : link?.connected ? [link.peer] : []),
    check,
    close: async (lastWord) => {
      if (link) await flushed(link.socket, lastWord);
      closed = true;
      if (retry) clearTimeout(retry);
      link?.socket.destroy();
      for (const guest of guests.keys()) guest.destroy();
      if (!hub) return;
      if (inodeOf(path) === hub.inode) rmSync(path, { force: true });
      await new Promise((done) => hub?.server.close(done));
    },
  };
};

const peerOf = (socket: Socket): Peer => ({ tell: (word) => void socket.write(Buffer.of(word)) });

const inodeOf = (path: string): number | null => {
  try {
    return statSync(path).ino;
  } catch {
    return null;
  }
};

/** Waits until what was said has left this process, but never long: a word is only a hint. */
const flushed = async (socket: Socket, lastWord: number): Promise<void> => {
  const left = () => new Promise<void>((done) => socket.end(Buffer.of(lastWord), done));
  const late = new Promise<void>((done) => setTimeout(done, 100).unref());
  await Promise.race([
    socket.connecting ? new Promise<void>((done) => socket.once('connect', () => done())).then(left) : left(),
    late,
  ]);
};
