import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Desk } from '@hive/events';
import { onTestFinished } from 'vitest';
import { createApp } from '../create-app.ts';
import { createPairCodes } from '../pair-codes.ts';
import { createSessions } from '../sessions.ts';
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

/** The app over a desk. `hosts` may be set once the port is known. */
export const openDashboard = (desk: Partial<Desk>, files: Readonly<Record<string, string>> = shell) => {
  const draining = new AbortController();
  const errors: unknown[] = [];
  const names = { hosts: [host] };
  const whole = desk as Desk; // a test calls what it gave
  const streams = createStreams(whole, { build: 'test', draining: draining.signal });
  const sessions = createSessions(token);
  const app = createApp({
    desk: whole,
    token,
    sessions,
    codes: createPairCodes(),
    streams,
    hosts: () => names.hosts,
    webRoot: webRoot(files),
    version: '0',
    onError: (error) => errors.push(error),
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
  return { app, ask, streams, sessions, draining, errors, names };
};
