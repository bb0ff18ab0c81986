import { OpenAPIHono } from '@hono/zod-openapi';
import { HiveError, isHiveError } from '@hive/errors';
import { authenticated, limits, ownHost, ownOrigin } from './gate.ts';
import { problem } from './problem.ts';
import { serveRoutes, type Served } from './routes.ts';
import { serveShell } from './shell.ts';

/** What the app is made of. */
export type AppOptions = Served & {
  readonly token: string;
  /** The names, with port, that this server answers to; asked for each request, since the port is known only when it listens. */
  readonly hosts: () => readonly string[];
  /** The built control room. */
  readonly webRoot: string;
  readonly version: string;
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
    await next();
    c.res.headers.set('x-content-type-options', 'nosniff');
    c.res.headers.set('referrer-policy', 'no-referrer');
    c.res.headers.set('cross-origin-opener-policy', 'same-origin');
    c.res.headers.set('cross-origin-resource-policy', 'same-origin');
    if (c.req.path.startsWith('/api/') && !c.res.headers.has('cache-control'))
      c.res.headers.set('cache-control', 'no-store');
  });
  app.use('*', limits);
  app.use('*', ownHost(options.hosts));
  app.use('*', ownOrigin);
  app.use('/api/*', authenticated(options.token, options.sessions));

  serveRoutes(app, options);
  const describe = () =>
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: { title: 'Hive', version: options.version, license: { name: 'Apache-2.0' } },
    });
  app.openAPIRegistry.registerComponent('securitySchemes', 'token', { type: 'http', scheme: 'bearer' });
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: options.sessions.cookie,
  });
  app.get('/api/v1/openapi.json', (c) => c.json(describe()));
  app.all('/api/*', (c) => c.notFound());
  serveShell(app, options.webRoot);
  return app;
};
