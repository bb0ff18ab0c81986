import { hostname } from 'node:os';
import { awayMs, createBus, machine, repeatEvery, rest, type Surroundings } from '@hive/bus';
import { cloneRootOf, hiveVersion, loadConfig, readEnv, type HiveConfig } from '@hive/config';
import { claimHome, openStore, type Store } from '@hive/core-db';
import { streams, type Step } from '@hive/events';
import { armFailpoints, failpoint, failpointSync } from '@hive/failpoints';
import { errorJson, hasCode, isHiveError } from '@hive/errors';
import type { Artefacts } from '@hive/workspace';
import type { Logger } from 'pino';
import type { Agent, Context, Repeated } from './agent.ts';
import { artefactsOf } from './artefacts-of.ts';
import { poolOf } from './boxes/pool-of.ts';
import { createLogger } from './logger.ts';
import { createCrowd } from './crowd.ts';
import { graceMs } from './grace.ts';
import { followOwnPause } from './own-pause.ts';
import { createStepRunner } from './step-runner.ts';

const beatMs = 5000;
/** Longer than a drain can take: a process that cannot reach its store must end too. */
const lastMs = 10_000;

/** A running agent. */
export type Running = {
  readonly agent: string;
  readonly incarnation: string;
  /**
   * Stops taking work, gives what is in hand `graceMs` (default 8 s), hands the rest back, and closes. Resolves when all is closed.
   * Called again it may only shorten the time: `drain(0)` hands back now.
   */
  drain(graceMs?: number): Promise<void>;
  /** Resolves when the agent has ended. */
  readonly done: Promise<void>;
};

/** What an agent is started with. `whenAway`: what to do about a store that does not answer; default `throw`. */
export type StartOptions = {
  readonly config: HiveConfig;
  readonly name?: string;
  readonly log?: Logger;
  readonly whenAway?: 'throw' | 'wait';
};

/** Starts an agent in this process: registers it, follows the log, takes steps. The caller owns signals. Leaves nothing open when it fails. */
export const startAgent = async <S>(
  agent: Agent<S>,
  options: StartOptions,
  place: Pick<Place, 'host'> = {},
): Promise<Running> => {
  const store = await openOwnStore(options);
  try {
    return await startAgentOn(store, agent, options, place);
  } catch (error) {
    await store.close().catch(() => undefined);
    throw error;
  }
};

/** A store that is away comes back, and a process that ended would only be started again. */
const openOwnStore = async ({ config, name, whenAway, ...options }: StartOptions): Promise<Store> => {
  const { database, home } = config;
  const log = options.log ?? createLogger({ agent: name ?? 'agent' });
  const where =
    database.dialect === 'postgres' ? { url: database.url.reveal() } : { synchronous: database.synchronous };
  for (let failures = 0; ; failures++) {
    let store: Store | undefined;
    try {
      store = await openStore({
        home,
        ...where,
        onUpgrade: (upgrade) => log.warn({ ...upgrade }, 'store upgraded'),
      });
      await claimHome({ home, ...where });
      return store;
    } catch (error) {
      await store?.close();
      if (whenAway !== 'wait' || !hasCode(error, 'store.unavailable') || error.remedy !== 'retry') throw error;
      log.warn({ err: error }, 'store away; trying again');
      await rest(machine, awayMs(failures, machine.random()));
    }
  }
};

/** What an agent of this process works with, where that is not given. */
export type Place = {
  readonly around?: Surroundings;
  readonly artefacts?: Artefacts;
  /** The machine that it says it is on. */
  readonly host?: string;
};

/** Starts an agent on a store that is open and belongs to it from then on; see {@link startAgent}. */
export const startAgentOn = async <S>(
  store: Store,
  agent: Agent<S>,
  options: StartOptions,
  { around = machine, artefacts = artefactsOf(options.config.home), host = hostname() }: Place = {},
): Promise<Running> => {
  const { config } = options;
  const name = options.name ?? agent.name;
  const incarnation = around.newId();
  const log = options.log ?? createLogger({ agent: name, role: agent.name });
  const bus = createBus(store, `${agent.name}/${name}`, around);
  const pool = poolOf(config, store);
  const ctx: Context = { config, bus, artefacts, log, agent: name, incarnation, host, pool };
  const release = await store.hold(incarnation);
  const capabilities = agent.capabilities?.(config) ?? [];
  const row = {
    incarnation,
    agent: name,
    role: agent.name,
    host,
    pid: process.pid,
    capabilities,
    version: hiveVersion,
  };
  const startedAt = await store.now();
  // `open` is optional only where S is undefined, which the compiler cannot express.
  const own = (await agent.open?.(ctx)) as S;
  await bus.command({
    on: null,
    correlationId: incarnation,
    events: [
      {
        type: 'agent.registered',
        stream: streams.agent(incarnation),
        // The keys of a Partial<Record<Step, …>>.
        data: { ...row, capabilities: [...capabilities], steps: Object.keys(agent.steps ?? {}) as Step[] },
      },
    ],
  });

  await failpoint('agent.registered');

  const stop = new AbortController();
  const handBack = new AbortController();
  const crowd = createCrowd(agent.name, () => around.random());
  const runner = createStepRunner(agent, ctx, own, crowd);
  const status = () => (stop.signal.aborted || pause.isPaused() ? 'draining' : runner.load() > 0 ? 'busy' : 'idle');
  let figures: unknown;
  const measure = () =>
    void agent.figures?.({ ...ctx, own }).then(
      (it) => (figures = it),
      () => undefined,
    );
  const beat = async () => {
    const now = { status: status(), load: runner.load(), ...(figures !== undefined && { figures }) } as const;
    await store.beat({ ...row, startedAt, ...now });
    if (agent.steps) crowd.see(await store.agents());
  };
  const beatNow = () => void beat().catch((error: unknown) => log.warn({ err: error }, 'beat failed'));
  const pause = await followOwnPause(bus, name, { changed: beatNow, handBack: runner.handBack, log });
  await beat();
  measure();
  const stopBeating = repeatEvery(around, beatMs, () => {
    beatNow();
    measure(); // for the next beat, so that a driver that hangs holds up none
  });

  const follow = agent.follow;
  const unknown = new Set<string>(); // one notice for each type
  const following = follow
    ? bus.follow({
        name: agent.name,
        types: follow.types,
        start: 'origin',
        handle: (event) => follow.handle(event, { ...ctx, own }),
        onOvertaken: () => follow.onOvertaken?.(own),
        onHandled: (event, recorded, dropped, ms) =>
          log.debug(
            {
              type: event.type,
              position: event.position,
              correlationId: event.correlationId,
              recorded,
              dropped,
              durationMs: Math.round(ms),
            },
            'handled',
          ),
        onTrouble: (error) => log.warn({ err: error }, 'log not followed; trying again'),
        onUnknown: ({ type, id, correlationId }) => {
          if (unknown.has(type)) return;
          unknown.add(type);
          log.warn({ type, eventId: id, correlationId }, 'events of a newer Hive are passed over');
        },
        onFailed: (event, error, attempt) =>
          log.error(
            { err: error, type: event.type, eventId: event.id, correlationId: event.correlationId, attempt },
            'event not handled',
          ),
        signal: stop.signal,
      })
    : Promise.resolve();
  const repeating = (agent.every ?? []).map((it) => repeat(it, { ...ctx, own }, stop.signal));
  log.info({ pid: process.pid, incarnation }, 'started');

  const signOff = async () => {
    await bus.command({
      on: streams.agent(incarnation),
      correlationId: incarnation,
      events: [
        {
          type: 'agent.offline',
          stream: streams.agent(incarnation),
          data: { agent: name, incarnation, reason: 'drained' },
        },
      ],
    });
    await store.forget(incarnation);
    await release();
  };
  const handingBack: (() => void)[] = [];
  const told = new Promise((resolve) => stop.signal.addEventListener('abort', resolve));
  const done = Promise.all([told, runner.run(stop.signal, handBack.signal), following, ...repeating]).then(async () => {
    stopBeating();
    pause.stop();
    for (const callOff of handingBack) callOff();
    // A store that is away does not keep an agent from ending; others see that its process is gone.
    await signOff().catch((error: unknown) => log.warn({ err: error }, 'not signed off'));
    pool.stop();
    bus.close();
    await store.close();
    log.info({}, 'stopped');
  });
  return {
    agent: name,
    incarnation,
    done,
    drain: (ms = graceMs) => {
      if (ms > 0) handingBack.push(around.after(ms, () => handBack.abort()));
      else handBack.abort();
      failpointSync('drain.started');
      stop.abort();
      return done;
    },
  };
};

const repeat = async <S>(every: Repeated<S>, ctx: Context & { own: S }, signal: AbortSignal): Promise<void> => {
  for (let failures = 0; !signal.aborted;) {
    let waitMs = every.ms;
    try {
      await every.run(ctx);
      failures = 0;
    } catch (error) {
      ctx.log.warn({ err: error }, 'repeated work failed');
      waitMs = Math.max(waitMs, awayMs(failures++, ctx.bus.around.random()));
    }
    await rest(ctx.bus.around, waitMs, signal);
  }
};

/** Tells the supervisor that this process is not stuck; one that is silent for long is started again. */
const tellAlive = (): void => {
  if (process.connected) process.send?.({ type: 'alive' });
};

/**
 * Runs an agent as this process until a signal or the end of its parent. Wrong configuration and an unusable store end the process with 78
 * and one JSON line that names the cause.
 */
export const runAgent = async <S>(agent: Agent<S>, importMetaUrl: string): Promise<void> => {
  const env = readEnv();
  try {
    const config = await loadConfig({ env, cwd: process.cwd(), cloneRoot: cloneRootOf(importMetaUrl) });
    const name = env['HIVE_AGENT_NAME'];
    armFailpoints(config.testing, name ?? agent.name);
    let running: Running | null = null;
    const drain = (ms: number) => () => {
      if (!running) process.exit(0); // nothing is in hand yet, and starting may take as long as a full disk
      setTimeout(() => process.exit(1), lastMs).unref();
      void running.drain(ms);
    };
    let signals = 0;
    // The first signal lets end what is in hand, the second hands it back now.
    for (const signal of ['SIGTERM', 'SIGINT'] as const)
      process.on(signal, () => drain(signals++ === 0 ? graceMs : 0)());
    // The supervisor is gone: whoever comes next starts everything anew, so nothing may stay behind.
    process.once('disconnect', drain(0));
    if (process.connected === false) process.exit(0); // it went before we listened; undefined where there never was one
    running = await startAgent(agent, { config, name: name ?? agent.name, whenAway: 'wait' });
    if (process.connected) process.send?.({ type: 'started', incarnation: running.incarnation });
    repeatEvery(machine, beatMs, tellAlive);
    await running.done;
    process.exit(0);
  } catch (error) {
    const told = isHiveError(error) ? errorJson(error) : { code: 'internal', message: String(error) };
    createLogger({ agent: agent.name }).fatal({ ...told, ...(!isHiveError(error) && { err: error }) }, 'cannot run');
    process.exit(isHiveError(error) && error.remedy === 'fix_config' ? 78 : 1);
  }
};
