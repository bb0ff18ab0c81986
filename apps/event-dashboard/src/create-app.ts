import { OpenAPIHono } from '@hono/zod-openapi';
import { HiveError, isHiveError } from '@hive/errors';
import type { Pushes } from '@hive/front-desk';
import { authenticated } from './access/authenticated.ts';
import { limits as sizes, originOf, ownHost, ownOrigin } from './gate.ts';
import { serveGit } from './git/serve-git.ts';
import type { RateLimits } from './limits/rate-limits.ts';
import type { HttpMeter } from './metrics/http-meter.ts';
import { problem } from './problem.ts';
import { serveRoutes, type Served } from './routes.ts';
import type { Shell } from './shell/open-shell.ts';
import { serveShell } from './shell/serve-shell.ts';
import { serveAuthority } from './tls/serve-authority.ts';

/** What the app is made of. */
export type AppOptions = Served & {
  readonly pushes: Pushes;
  readonly limits: RateLimits;
  readonly meter: HttpMeter;
  /** The certificate of the owner's own authority, for devices that are to trust it. */
  readonly authorityFile?: string | null;
  /** How long browsers insist on HTTPS, in days; 0: as long as they like. */
  readonly hstsDays?: number;
  /** The built control room. */
  readonly web: Shell;
  /** Names what answers: the version of Hive and the build of the control room. */
  readonly build: string;
  /** Hears of errors that are bugs or Hive's own trouble. */
  readonly onError: (error: unknown) => void;
};

/** The dashboard as a Hono app: deny by default, in the order of the lines below. */
export const createApp = (options: AppOptions): OpenAPIHono => {
  const app = new OpenAPIHono();
  app.onError((error, c) => {
    if (!isHiveError(error) || error.code === 'internal') options.onError(error);
    return problem(c, error);
  });
  app.notFound((c) => problem(c, new HiveError('http.not_found', `There is no ${c.req.method} ${c.req.path}`)));

  app.use('*', async (c, next) => {
    const began = performance.now();
    await next();
    options.meter.count(c.get('route') ?? null, c.res.status, (performance.now() - began) / 1000);
    c.res.headers.set('x-hive-build', options.build);
    c.res.headers.set('x-content-type-options', 'nosniff');
    c.res.headers.set('referrer-policy', 'no-referrer');
    c.res.headers.set('cross-origin-opener-policy', 'same-origin');
    c.res.headers.set('cross-origin-resource-policy', 'same-origin');
    if (options.hstsDays && isPinnable(originOf(c, options.origins)))
      c.res.headers.set('strict-transport-security', `max-age=${options.hstsDays * 86_400}`);
    if (c.req.path.startsWith('/api/') && !c.res.headers.has('cache-control'))
      c.res.headers.set('cache-control', 'no-store');
  });
  app.use('*', sizes);
  app.use('*', ownHost(options.origins));
  app.use('*', ownOrigin(options.origins));
  app.use('/api/*', authenticated(options.access, options.limits));

  serveGit(app, options);
  serveRoutes(app, options);
  app.all('/api/*', (c) => c.notFound());
  if (options.authorityFile) serveAuthority(app, options.authorityFile);
  serveShell(app, options.web);
  return app;
};

/** Addresses are not pinned by browsers, and localhost is shared with whatever else is developed on this machine. */
const isPinnable = (origin: string | null): boolean =>
  origin !== null && /^https:\/\/(?!localhost\b|[\d.]+(:|$)|\[)/.test(origin);
