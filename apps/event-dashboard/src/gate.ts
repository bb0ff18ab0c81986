import type { MiddlewareHandler } from 'hono';
import { HiveError } from '@hive/errors';
import { hostOf } from './addresses.ts';
import { isPush, pushLimit } from './git/git-paths.ts';
import { problem } from './problem.ts';

const bodyLimit = 1_000_000;
/** Patches come with the request. */
const submitLimit = 50_000_000;

const api = '/api/v1';
const withPatches: readonly string[] = [`${api}/workflows`, `${api}/schedules`];

/** 1. Refuses bodies that are too large or of unknown length, before a byte of them is read. A pack is measured while it is read. */
export const limits: MiddlewareHandler = async (c, next) => {
  const refuse = (status: 411 | 413, message: string) => problem(c, new HiveError('input.invalid', message), status);
  const isPack = isPush(c.req.method, c.req.path);
  if (c.req.header('transfer-encoding') !== undefined && !isPack) return refuse(411, 'A body needs a content-length');
  const isSubmit = c.req.method === 'POST' && withPatches.includes(c.req.path);
  const limit = isPack ? pushLimit : isSubmit ? submitLimit : bodyLimit;
  const length = Number(c.req.header('content-length') ?? 0);
  if (!(length <= limit)) return refuse(413, `A body of ${length} bytes is too large; ${limit} are allowed here`);
  return next();
};

/** 2. Answers to its own names only: a page that makes a name of its own point here (DNS rebinding) gets nothing. */
export const ownHost =
  (origins: Origins): MiddlewareHandler =>
  async (c, next) =>
    originOf(c, origins) !== null
      ? next()
      : problem(
          c,
          new HiveError(
            'http.misdirected',
            `This server does not answer to ${c.req.header('host') ?? 'no name'}; use ${hostOf(origins()[0] ?? '')}, or name it in hive.yaml under hive.http`,
          ),
        );

/** The origins that this server answers to; asked for each request, since ports and certificates change while it runs. */
export type Origins = () => readonly string[];

/** The part of a request's context that tells where it was sent. */
type Asking = { readonly req: { header(name: string): string | undefined } };

/** The own origin that a request was sent to, by its Host header; null for a foreign one. */
export const originOf = (c: Asking, origins: Origins): string | null => {
  const host = c.req.header('host') ?? '';
  return origins().find((origin) => hostOf(origin) === host) ?? null;
};

/** 3. Refuses what a page of another origin asks for. No header means that no page asks. */
export const ownOrigin =
  (origins: Origins): MiddlewareHandler =>
  async (c, next) => {
    const origin = c.req.header('origin');
    if (origin === undefined || origin === originOf(c, origins)) return next();
    return problem(c, new HiveError('auth.forbidden', `Pages of ${origin} may not use this server`));
  };
