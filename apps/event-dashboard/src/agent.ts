import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defineAgent, findModel, listBoxes, spaceOf, workspaceOf, type Context } from '@hive/agent-kit';
import { ensureToken, hiveVersion } from '@hive/config';
import { createArtefacts } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import { createDesk } from '@hive/front-desk';
import { createApp } from './create-app.ts';
import { listen } from './listen.ts';
import { createPairCodes } from './pair-codes.ts';
import { createSessions } from './sessions.ts';
import { createStreams } from './stream.ts';

/** Time that open answers get when the building drains. */
const graceMs = 2000;

/** From `src` and from `dist` alike. */
const webRoot = join(import.meta.dirname, '../../pwa/dist');

/** Serves the front desk and the control room by HTTP. */
export default defineAgent<void>({
  name: 'event-dashboard',
  open: serveDesk,
});

async function serveDesk(ctx: Context): Promise<void> {
  const { config, bus, log } = ctx;
  const token = ensureToken(config.home).reveal();
  const draining = new AbortController();
  const workspace = workspaceOf(ctx);
  const desk = createDesk({
    bus,
    artefacts: createArtefacts(config.home),
    config,
    means: {
      model: (wanted) => findModel(config, wanted),
      sandbox: () => workspace.sandbox(),
      space: () => spaceOf(config),
      boxes: () => listBoxes(config, bus.store, ctx.pool),
    },
  });
  const streams = createStreams(desk, { build: hiveVersion, draining: draining.signal });
  let hosts: readonly string[] = [];
  const app = createApp({
    desk,
    token,
    streams,
    sessions: createSessions(token),
    codes: createPairCodes(),
    hosts: () => hosts,
    webRoot,
    version: hiveVersion,
    onError: (error) => log.error({ err: error }, 'request failed'),
  });

  const { port, close } = await listen(app, portAsked() ?? config.port.number);
  hosts = ['localhost', '127.0.0.1', '[::1]'].map((name) => `${name}:${port}`);
  const url = `http://localhost:${port}`;
  log.info({ url }, 'listening');

  for (const signal of ['SIGTERM', 'SIGINT'] as const)
    process.once(signal, () => {
      draining.abort();
      void close(graceMs);
    });
  process.on('message', (message) => {
    // Only the supervisor speaks on this channel.
    if ((message as { type?: string }).type === 'followers')
      process.send?.({ type: 'followers', count: streams.count() });
  });
  process.send?.({ type: 'listening', url });
}

/** `--port N`: it wins over HIVE_PORT, and 0 is any free one. */
const portAsked = (): number | undefined => {
  const { values } = parseArgs({ options: { port: { type: 'string' } }, strict: false });
  if (values.port === undefined) return undefined;
  const port = Number(values.port);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new HiveError('input.invalid', `--port ${String(values.port)} is no port; give a number from 0 to 65535`, {
    remedy: 'fix_config',
  });
};
