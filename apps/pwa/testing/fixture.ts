// The real dashboard, in a process of its own, on a store that holds a told story. For looking and for tests.
import { fork, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArtefacts, openStore } from '@hive/core-db';
import { isBuilt } from '@hive/tools/build-stamp';
import { createStoryTeller } from './story-teller.ts';
import type { Story } from './stories.ts';

const dist = join(import.meta.dirname, '../dist');
const root = join(import.meta.dirname, '../../..');
/** The bundle where it is what the sources say, as with `hive up`: it starts in a fifth of the time. */
const dashboard = join(
  root,
  'apps/event-dashboard',
  isBuilt(root, 'apps/event-dashboard') ? 'dist/main.js' : 'src/main.ts',
);

/** A running fixture, which is a Hive without workers: nothing happens but what the story tells. */
export type Fixture = {
  readonly url: string;
  /** The token of its home. */
  readonly token: string;
  /** Its HIVE_HOME. */
  readonly home: string;
  readonly story: Story;
  /** An address that pairs whoever opens it first, under this name, and then shows `path`. */
  link(path: string, name?: string): Promise<string>;
  /** Lets the next events of the story happen; answers how many there were. */
  advance(events: number): Promise<number>;
  /** Stops the server and starts it again with another build; without one it is the same files under another service worker. */
  deploy(webRoot?: string): Promise<void>;
  /** How many clients follow the log over the stream. */
  followers(): Promise<number>;
  /** The server's process, which another start replaces. */
  pid(): number;
  /** Kills the server as `kill -9` does. */
  kill(): Promise<void>;
  /** Starts the server again, on its port. */
  start(): Promise<void>;
  close(): Promise<void>;
};

/** Where the server is to listen (0: any free port), and which build of the control room it serves (default: `dist`). */
export type FixtureOptions = { readonly port?: number; readonly webRoot?: string };

/** Serves the built control room and the story. */
export const startFixture = async (
  story: Story,
  { port: asked = 0, webRoot = dist }: FixtureOptions = {},
): Promise<Fixture> => {
  const folder = mkdtempSync(join(tmpdir(), 'hive-room-'));
  const [home, web] = [join(folder, 'home'), join(folder, 'web')];
  mkdirSync(home);
  cpSync(webRoot, web, { recursive: true });
  const store = await openStore({ home });
  const artefacts = createArtefacts(home);
  for (const text of story.artefacts.values()) await artefacts.put(text);
  const teller = createStoryTeller(store);
  await teller.tell(story.past);
  await teller.beat();
  const beating = setInterval(() => void teller.beat().catch(() => undefined), 2000);

  let server = await serve({ home, web, port: asked });
  const { url } = server;
  const port = Number(new URL(url).port);
  const token = readFileSync(join(home, 'token'), 'utf8').trim();
  const future = [...story.future];
  const start = async () => void (server = await serve({ home, web, port }));

  return {
    url,
    token,
    home,
    story,
    start,
    link: async (path, name) => {
      const answer = await fetch(`${url}/api/v1/pair/codes`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ ...(name !== undefined && { name }) }),
      });
      const { url: link } = (await answer.json()) as { url: string };
      return `${url}${path}${new URL(link).hash}`;
    },
    advance: async (events) => {
      const fresh = future.splice(0, events);
      await teller.tell(fresh);
      return fresh.length;
    },
    deploy: async (build) => {
      await end(server.child, 'SIGTERM');
      if (build === undefined) {
        appendFileSync(join(web, 'sw.js'), `\n// ${randomUUID()}`);
        for (const twin of ['sw.js.br', 'sw.js.gz']) rmSync(join(web, twin), { force: true });
      } else {
        rmSync(web, { recursive: true });
        cpSync(build, web, { recursive: true });
      }
      await start();
    },
    followers: () =>
      new Promise((resolve) => {
        const { child } = server;
        const hear = (message: { type?: string; count?: number }) => {
          if (message.type !== 'followers') return;
          child.off('message', hear);
          resolve(message.count ?? 0);
        };
        child.on('message', hear);
        child.send({ type: 'followers' });
      }),
    pid: () => server.child.pid ?? 0,
    kill: () => end(server.child, 'SIGKILL'),
    close: async () => {
      clearInterval(beating);
      await end(server.child, 'SIGTERM');
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

type Place = { readonly home: string; readonly web: string; readonly port: number };

/** Resolves when it listens; throws what it said when it does not. */
const serve = ({ home, web, port }: Place): Promise<{ readonly url: string; readonly child: ChildProcess }> => {
  const { PATH, HOME, TMPDIR } = process.env;
  const child = fork(dashboard, ['--port', String(port), '--web-root', web], {
    cwd: home,
    env: { PATH, HOME, TMPDIR, HIVE_HOME: home, NODE_COMPILE_CACHE: join(tmpdir(), 'hive-room-compiled') },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    silent: true,
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (bytes: Buffer) => (said = (said + bytes.toString()).slice(-4000)));
  return new Promise((resolve, reject) => {
    child.on('message', (message: { type?: string; url?: string }) => {
      if (message.type === 'listening' && message.url !== undefined) resolve({ url: message.url, child });
    });
    child.once('exit', (code) => reject(new Error(`the dashboard ended with ${code}: ${said}`)));
  });
};

const end = (child: ChildProcess, signal: NodeJS.Signals): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill(signal);
  });
