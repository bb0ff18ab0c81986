import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { HiveError } from '@hive/errors';
import { entityTag, isKnown } from '../entity-tag.ts';
import { problem } from '../problem.ts';
import type { Shell, ShellFile } from './open-shell.ts';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.map': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** The form of a file that the client takes, the smallest first. */
const formOf = (c: Context, { path, br, gzip }: ShellFile): { readonly path: string; readonly encoding?: string } => {
  const accepted = (c.req.header('accept-encoding') ?? '')
    .split(',')
    .map((one) => one.trim().toLowerCase())
    .filter((one) => !/;\s*q=0(\.0*)?$/.test(one))
    .map((one) => one.replace(/\s*;.*$/, ''));
  if (br !== null && accepted.includes('br')) return { path: br, encoding: 'br' };
  if (gzip !== null && accepted.includes('gzip')) return { path: gzip, encoding: 'gzip' };
  return { path };
};

/** Tags of files by their content. They do not change while they are served, so each is read for it once. */
const createTags = () => {
  const known = new Map<string, string>();
  return async ({ path }: ShellFile): Promise<string> => {
    let tag = known.get(path);
    if (tag === undefined) {
      const hash = createHash('sha256').update(await readFile(path));
      // Weak: the same file may be sent compressed.
      tag = entityTag(hash.digest('base64url').slice(0, 22), { weak: true });
      known.set(path, tag);
    }
    return tag;
  };
};

/**
 * Serves the static shell of the control room: public, and without any data. An address without a file is a page of the shell when a browser goes
 * there. What carries a hash in its name is kept by browsers for ever; all else is asked for again each time, and sent when it has changed.
 */
export const serveShell = (app: OpenAPIHono, shell: Shell): void => {
  const tagOf = createTags();

  app.get('*', async (c) => {
    const asked = c.req.path === '/' ? null : shell.file(c.req.path);
    const isNavigation =
      (c.req.header('sec-fetch-mode') ?? 'navigate') === 'navigate' &&
      /\btext\/html\b/.test(c.req.header('accept') ?? '');
    const isPage = !asked && extname(c.req.path) === '' && isNavigation;
    const file = asked ?? (isPage ? shell.file('/index.html') : null);
    if (!file)
      return problem(
        c,
        new HiveError(
          'http.not_found',
          shell.file('/index.html')
            ? `There is nothing at ${c.req.path}`
            : 'The control room was not built; run npm run build',
        ),
      );
    const isForEver = !isPage && c.req.path.startsWith('/assets/');
    const headers: Record<string, string> = {
      'cache-control': isForEver ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': shell.policy,
      vary: 'accept-encoding',
    };
    const links = isPage ? shell.links(c.req.path) : null;
    if (links !== null) headers['link'] = links;
    if (!isForEver) {
      headers['etag'] = await tagOf(file);
      if (isKnown(c, headers['etag'])) return c.body(null, 304, headers);
    }
    const { path, encoding } = formOf(c, file);
    return c.body(await readFile(path), 200, {
      ...headers,
      'content-type': types[extname(file.path)] ?? 'application/octet-stream',
      ...(encoding !== undefined && { 'content-encoding': encoding }),
    });
  });
};
