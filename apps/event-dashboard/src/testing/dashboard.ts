import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Desk } from '@hive/events';
import type { Pushes } from '@hive/front-desk';
import { onTestFinished } from 'vitest';
import { createAccess } from '../access/access.ts';
import { createPairCodes } from '../access/pair-codes.ts';
import { createApp, type AppOptions } from '../create-app.ts';
import type { RateLimits } from '../limits/rate-limits.ts';
import { createHttpMeter } from '../metrics/http-meter.ts';
import type { Notices } from '../notices/open-notices.ts';
import { listShell } from '../shell/open-shell.ts';
import { createStreams } from '../stream.ts';

export const token = 'the-token-of-this-home';
export const host = 'localhost:4483';

/** A built control room in small. */
const webRoot = (files: Readonly<Record<string, string>>): string => {
  const root = mkdtempSync(join(tmpdir(), 'hive-web-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, 'dist', path)), { recursive: true });
    writeFileSync(join(root, 'dist', path), text);
  }
  writeFileSync(join(root, 'secret.txt'), 'not for you');
  return join(root, 'dist');
};

const shell = {
  'index.html': '<!doctype html><style>body{margin:0}</style><script src="/a.js"></script><hive-app></hive-app>',
  'assets/index-abc.js': 'export {};',
  'sw.js': '// worker',
};

const unlimited: RateLimits = {
  take: (name) => ({ name, quota: { requests: 1, seconds: 1 }, left: 1, resetS: 0, waitS: null }),
};

/** The app over a desk. `names.origins` may be set once the port is known. */
export const openDashboard = (
  desk: Partial<Desk>,
  files: Readonly<Record<string, string>> = shell,
  pushes: Partial<Pushes> = {},
  more: Partial<AppOptions> = {},
) => {
  const draining = new AbortController();
  const errors: unknown[] = [];
  const names = { origins: [`http://${host}`], position: 7 };
  const whole = desk as Desk; // a test calls what it gave
  const streams = createStreams(whole, { build: 'test', draining: draining.signal });
  const access = createAccess({
    token,
    file: { read: () => ({ devices: [], tokens: [], ended: [] }), write: () => undefined },
  });
  const app = createApp({
    desk: whole,
    pushes: pushes as Pushes, // as the desk
    access,
    codes: createPairCodes(),
    limits: unlimited,
    meter: createHttpMeter(),
    metrics: () => Promise.resolve('hive_agents 3\n'),
    position: () => Promise.resolve(names.position),
    streams,
    origins: () => names.origins,
    notices: {} as Notices, // as the desk
    reach: () => ({ origins: [], why: 'no_tls', certificate: null, authority: null }),
    web: listShell(null, [webRoot(files)]),
    build: '0',
    version: '0',
    onError: (error) => errors.push(error),
    ...more,
  });
  /** Asks as a program of this machine does; `headers` add to that or, with an empty text, take away. */
  const ask = async (
    path: string,
    { headers = {}, ...init }: { method?: string; body?: string; headers?: Record<string, string> } = {},
  ) => {
    const all = {
      host,
      authorization: `Bearer ${token}`,
      ...(init.body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    };
    return app.request(path, { ...init, headers: Object.entries(all).filter(([, value]) => value !== '') });
  };
  return { app, ask, streams, access, draining, errors, names };
};
