import { dirname, join } from 'node:path';
import { ensureToken, readRun, removeRun, writeRun, type Env, type HiveConfig } from '@hive/config';
import { HiveError } from '@hive/errors';
import { armFailpoints, failpoint, failpointSync } from '@hive/failpoints';
import { runningError } from './errors.ts';
import { lockHome } from './home-lock.ts';
import { keepRunning, type Death, type KeptProcess, type Told } from './kept-process.ts';
import { lastWords, logPath } from './log-file.ts';
import { assertPortFree } from './port-holder.ts';
import { entryOf, programs } from './programs.ts';
import { sweep } from './sweep.ts';

/** A running building: all processes, and the way to end them. */
export type Building = {
  /** The address of the control room. */
  readonly url: string;
  /** How many clients follow events through the control room right now. */
  followers(): Promise<number>;
  /** Ends all processes: asks them to drain, and kills after ten seconds what is left. */
  close(): Promise<void>;
  /** Has all processes hand back what they hold and end, and ends in a moment whoever is left. The log is whole; work goes on at the next start. */
  kill(): void;
};

/** What a building is opened with. `port` 0 is any free one. */
export type BuildingOptions = {
  readonly config: HiveConfig;
  readonly env: Env;
  readonly root: string;
  readonly version: string;
  readonly port: number;
  /** Something that a person should know: a process that died, or one that dies again and again. */
  readonly onNotice: (text: string) => void;
};

const graceMs = 10_000;
/** A second request to end gives so long; the program itself ends a little later. */
const handBackMs = 700;
const startMs = 60_000;
const followersMs = 2000;

/**
 * Opens the building on a home: refuses a second one (`hive.running`) and a taken port (`port.in_use`), makes or migrates the store, starts
 * all processes and resolves when each has said that it is ready. Throws what keeps a process from starting.
 */
export const openBuilding = async (options: BuildingOptions): Promise<Building> => {
  const { config, env, root, port } = options;
  armFailpoints(config.testing, 'hive');
  const lock = await lockHome(config.home);
  const other = readRun(config.home);
  if (lock === null || other !== null) {
    lock?.release();
    throw runningError(config.home, other);
  }
  await failpoint('building.locked');
  await assertPortFree(port);
  const { prepareStore } = await import('./prepare-store.ts');
  await prepareStore(config, options);
  ensureToken(config.home);
  await failpoint('building.prepared');

  const kept: KeptProcess[] = [];
  let url: string | null = null;
  let isListening = false;
  let isClosing = false;
  const ready = Promise.withResolvers<void>();
  const waiting = new Set(programs.map((program) => program.name));
  let answerFollowers: (count: number) => void = () => undefined;

  const onTold = (name: string, told: Told) => {
    if (told.type === 'followers') return answerFollowers(told.count);
    if (told.type === 'listening') {
      isListening = true;
      url = told.url;
      writeRun(config.home, { pid: process.pid, url });
    }
    if (told.type === 'listening' || name !== 'event-dashboard') waiting.delete(name);
    if (waiting.size === 0) ready.resolve();
  };
  /** Where its pages and programs know it, unless any port would do and this one could not be had again. */
  const nextPort = () => {
    const isKnown = url !== null && (port !== 0 || isListening);
    isListening = false;
    return isKnown ? new URL(url ?? '').port : String(port);
  };
  const onDeath = (death: Death) => {
    const words = lastWords(logPath(config.home, death.name));
    // Wrong configuration does not get better by itself; once everything has started it may be a passing state.
    if (waiting.has(death.name) && (death.exit === 78 || death.isLooping))
      return ready.reject(cannotStart(death, words));
    options.onNotice(told(death, words));
    failpointSync('child.died');
  };

  const close = async () => {
    isClosing = true;
    await failpoint('drain.started');
    const left = await Promise.all(kept.map((process) => process.stop(graceMs)));
    await sweep(
      config,
      env,
      left.filter((incarnation) => incarnation !== null),
    );
    removeRun(config.home, process.pid);
    lock.release();
  };
  const kill = () => {
    for (const process of kept) process.hurry();
    setTimeout(() => {
      for (const process of kept) process.kill();
    }, handBackMs).unref();
  };

  for (const { name, app } of programs) {
    const entry = await entryOf(root, app);
    kept.push(
      keepRunning({
        name,
        entry,
        ...(app === 'event-dashboard' && { args: () => ['--port', nextPort()] }),
        env: {
          // Beside the bundle, so that it goes when that goes.
          ...(entry.endsWith('.js') && { NODE_COMPILE_CACHE: join(dirname(entry), 'compiled') }),
          ...env,
          HIVE_HOME: config.home,
          HIVE_AGENT_NAME: name,
          ...(config.file !== null && { HIVE_CONFIG: config.file }),
        },
        cwd: root,
        log: logPath(config.home, name),
        onTold: (message) => onTold(name, message),
        onDeath,
        restartMs: config.testing?.restartMs ?? null,
      }),
    );
  }
  const late = setTimeout(
    () =>
      ready.reject(
        new HiveError(
          'hive.unreachable',
          `${[...waiting].join(', ')} did not start within ${startMs / 1000} s; see ${join(config.home, 'logs')}`,
        ),
      ),
    startMs,
  );
  try {
    await ready.promise;
  } catch (error) {
    await close();
    throw error;
  } finally {
    clearTimeout(late);
  }
  await failpoint('building.opened');
  if (url === null) throw new Error('the control room is ready and has no address'); // cannot be: it says both at once

  return {
    url,
    followers: () => {
      if (isClosing) return Promise.resolve(0);
      const asked = Promise.withResolvers<number>();
      answerFollowers = asked.resolve;
      setTimeout(() => asked.resolve(0), followersMs).unref();
      kept.find((process) => process.name === 'event-dashboard')?.send({ type: 'followers' });
      return asked.promise;
    },
    close,
    kill,
  };
};

const how = ({ exit, signal, wasSilent }: Death): string =>
  wasSilent
    ? 'did nothing any more and was killed'
    : signal !== null
      ? `was ended by ${signal}`
      : `ended with exit code ${exit ?? 'none'}`;

const cannotStart = (death: Death, words: string | null): HiveError =>
  new HiveError(
    death.exit === 78 ? 'config.invalid' : 'internal',
    `${death.name} cannot start: ${words ?? `it ${how(death)}`}`,
    {
      remedy: 'fix_config',
      details: { process: death.name, exit: death.exit, signal: death.signal },
    },
  );

const told = (death: Death, words: string | null): string => {
  const because = death.signal === null && words !== null ? `: ${words}` : '';
  const then = death.isLooping
    ? `; it dies again and again, next try in ${Math.round(death.delayMs / 1000)} s, see hive logs ${death.name}`
    : '; started again';
  return `${death.name} ${how(death)}${because}${then}`;
};
