import { createHash } from 'node:crypto';
import { globSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { HiveError } from '@hive/errors';
import { problem } from './problem.ts';

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

const inlineHashes = (html: string, tag: 'style' | 'script'): string =>
  [...html.matchAll(new RegExp(`<${tag}(?![^>]*\\ssrc=)[^>]*>([^]*?)</${tag}>`, 'g'))]
    .map(([, text = '']) => ` 'sha256-${createHash('sha256').update(text).digest('base64')}'`)
    .join('');

/** What a page of ours may do; what its own index.html holds inline is named by hash. */
export const contentSecurityPolicy = (html: string): string =>
  [
    "default-src 'none'",
    `script-src 'self'${inlineHashes(html, 'script')}`,
    `style-src 'self'${inlineHashes(html, 'style')}`,
    "connect-src 'self'",
    "img-src 'self' data:",
    "manifest-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types lit-html hive-sw hive-worker',
  ].join('; ');

/** The files of the control room by address. Only what is listed here is ever read, so no address leads out of the folder. */
const listFiles = (root: string): ReadonlyMap<string, string> =>
  new Map(
    globSync('**/*', { cwd: root })
      .map((name) => [`/${name.replaceAll('\\', '/')}`, join(root, name)] as const)
      .filter(([, path]) => statSync(path).isFile()),
  );

/** Serves the static shell of the control room: public, and without any data. An address without a file is a page of the shell when a browser goes there. */
export const serveShell = (app: OpenAPIHono, root: string): void => {
  const files = listFiles(root);
  const index = files.get('/index.html');
  const policy = contentSecurityPolicy(index ? readFileSync(index, 'utf8') : '');

  app.get('*', async (c) => {
    const asked = files.has(c.req.path) && c.req.path !== '/' ? c.req.path : null;
    const isNavigation =
      (c.req.header('sec-fetch-mode') ?? 'navigate') === 'navigate' &&
      /\btext\/html\b/.test(c.req.header('accept') ?? '');
    const address = asked ?? (extname(c.req.path) === '' && isNavigation ? '/index.html' : null);
    const path = address === null ? undefined : files.get(address);
    if (address === null || path === undefined)
      return problem(
        c,
        new HiveError(
          'http.not_found',
          index ? `There is nothing at ${c.req.path}` : 'The control room was not built; run npm run build',
        ),
      );
    return c.body(await readFile(path), 200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'cache-control': address.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
      'content-security-policy': policy,
    });
  });
};
