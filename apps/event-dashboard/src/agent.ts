import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defineAgent, findModel, listBoxes, spaceOf, workspaceOf, type Context } from '@hive/agent-kit';
import { ensureToken, hiveVersion, readEnv, type HiveConfig } from '@hive/config';
import { createArtefacts } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import { createDesk, createPushes, type Means } from '@hive/front-desk';
import { createAccess } from './access/access.ts';
import { createKeyFile } from './access/key-file.ts';
import { createPairCodes } from './access/pair-codes.ts';
import type { OpenAPIHono } from '@hono/zod-openapi';
import { originsOf, type Listeners } from './addresses.ts';
import { createApp } from './create-app.ts';
import { createRateLimits, quotasOf } from './limits/rate-limits.ts';
import { listen } from './listen.ts';
import type { Metrics } from './metrics/create-metrics.ts';
import { createHttpMeter } from './metrics/http-meter.ts';
import { openNotices } from './notices/open-notices.ts';
import { openShell } from './shell/open-shell.ts';
import { createStreams } from './stream.ts';
import type { SecureListening } from './tls/listen-secure.ts';
import { reachOf } from './tls/reach.ts';

/** Time that open answers get when the building drains. */
const graceMs = 2000;
/** How often it is written down who was there. */
const visitsMs = 60_000;
/** Laptops change their addresses. */
const knowMs = 30_000;

/** The control room that was built beside this program; from `src` and from `dist` alike. */
const builtBeside = join(import.meta.dirname, '../../pwa/dist');

/** The examples that came with this program; likewise. */
const examplesBeside = join(import.meta.dirname, '../../../examples');

/** Serves the front desk and the control room by HTTP. */
export default defineAgent<void>({
  name: 'event-dashboard',
  open: serveDesk,
});

async function serveDesk(ctx: Context): Promise<void> {
  const { config, bus, log } = ctx;
  const asked = readArguments();
  const token = ensureToken(config.home).reveal();
  const draining = new AbortController();
  const workspace = workspaceOf(ctx);
  const artefacts = createArtefacts(config.home);
  const means: Partial<Means> = {
    model: (wanted) => findModel(config, wanted),
    sandbox: () => workspace.sandbox(),
    space: () => spaceOf(config),
    boxes: () => listBoxes(config, bus.store, ctx.pool),
  };
  const onError = (error: unknown) => log.error({ err: error }, 'request failed');
  const desk = createDesk({ bus, artefacts, config, means, examples: { folder: examplesBeside, env: readEnv() } });
  const pushes = createPushes({ bus, artefacts, door: { config, means }, onError });
  await pushes.sweep();
  const web = await openShell({
    root: asked.webRoot ?? builtBeside,
    kept: join(config.home, 'web'),
    onTrouble: (error) => log.warn({ err: error }, 'the build of the control room is not kept'),
  });
  const build = web.build === null ? hiveVersion : `${hiveVersion}-${web.build}`;
  const streams = createStreams(desk, { build, draining: draining.signal });
  const access = createAccess({
    token,
    file: createKeyFile(join(config.home, 'access.json')),
    ...(config.security.sessionMs !== null && { idleMs: config.security.sessionMs }),
  });
  const meter = createHttpMeter();
  // Nobody who does not ask for them pays for them.
  let metrics: Promise<Metrics> | null = null;
  const openMetrics = async () => {
    const { createMetrics } = await import('./metrics/create-metrics.ts');
    return createMetrics({ store: bus.store, desk, streams, meter, file: join(config.home, 'metrics.json') });
  };
  let listeners: Listeners = { port: 0, secure: null };
  let origins: readonly string[] = [];
  const notices = openNotices({
    ...{ config, bus, access },
    origin: () => reachOf(config.http, listeners).origins[0] ?? `http://localhost:${listeners.port}`,
    onTrouble: (error) => log.warn({ err: error }, 'not told; trying again'),
  });
  const app = createApp({
    desk,
    pushes,
    access,
    streams,
    codes: createPairCodes(),
    limits: createRateLimits(quotasOf(config.security.requestsPerS)),
    meter,
    metrics: async () => (await (metrics ??= openMetrics())).text(),
    position: async () => (await bus.store.end()).position,
    origins: () => origins,
    notices,
    reach: () => reachOf(config.http, listeners),
    authorityFile: config.http.tls?.caFile ?? null,
    hstsDays: config.http.tls?.hstsDays ?? 0,
    web,
    build,
    version: hiveVersion,
    onError,
  });

  const { port, close } = await listen(app, asked.port ?? config.port.number);
  const secure = config.http.tls ? await openSecure(config.http.tls, app, { log, onChange: () => know() }) : null;
  /** What it answers to changes with the certificate and with the networks of the machine. */
  const know = () => {
    listeners = { port, secure: secure && { port: secure.port, certificate: secure.certificate() } };
    origins = originsOf(config.http, listeners);
  };
  know();
  if (secure) setInterval(know, knowMs).unref();
  const url = `http://localhost:${port}`;
  log.info({ url, origins }, 'listening');

  const keepVisits = () => {
    try {
      access.flush();
    } catch (error) {
      onError(error); // when somebody was last seen is worth no more
    }
  };
  setInterval(keepVisits, visitsMs).unref();
  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      draining.abort();
      keepVisits();
      void metrics?.then(({ keep }) => keep()).catch(onError);
      void close(graceMs);
      void secure?.close(graceMs);
    });
  process.on('message', (message) => {
    // Only the supervisor speaks on this channel.
    if ((message as { type?: string }).type === 'followers')
      process.send?.({ type: 'followers', count: streams.count() });
  });
  process.send?.({ type: 'listening', url });
  void notices.run(draining.signal);
  if (config.telemetry) {
    const { sendTraces } = await import('./telemetry/send-traces.ts'); // a library that nobody else needs
    void sendTraces(config.telemetry, ctx, draining.signal);
  }
}

/** HTTPS besides the loopback port; loaded by who has a certificate. */
const openSecure = async (
  tls: NonNullable<HiveConfig['http']['tls']>,
  app: OpenAPIHono,
  { log, onChange }: { readonly log: Context['log']; readonly onChange: () => void },
): Promise<SecureListening> => {
  const { listenSecure } = await import('./tls/listen-secure.ts');
  return listenSecure(app, tls, { onTrouble: (error) => log.warn({ code: error.code }, error.message), onChange });
};

/** `--port N` wins over HIVE_PORT, and 0 is any free one; `--web-root FOLDER` is another build of the control room. */
const readArguments = (): { readonly port?: number; readonly webRoot?: string } => {
  const { values } = parseArgs({
    options: { port: { type: 'string' }, 'web-root': { type: 'string' } },
    strict: false,
  });
  const webRoot = values['web-root'];
  const rest = typeof webRoot === 'string' ? { webRoot } : {};
  if (values.port === undefined) return rest;
  const port = Number(values.port);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return { ...rest, port };
  throw new HiveError('input.invalid', `--port ${String(values.port)} is no port; give a number from 0 to 65535`, {
    remedy: 'fix_config',
  });
};
