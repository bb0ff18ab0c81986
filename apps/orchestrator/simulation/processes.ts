import { startAgentOn, type Agent, type Context, type Running } from '@hive/agent-kit';
import type { ProcessName } from './faults.ts';
import { beginLife, type Life, type Mishap, type World } from './process.ts';

/** The agents of the small world and their supervisor, who starts again whatever ends. */
export type Processes = {
  /** Ends a process at once, as SIGKILL does. */
  kill(name: ProcessName): void;
  pause(name: ProcessName, ms: number): void;
  turnClock(name: ProcessName, byMs: number): void;
  /** How often a process was started again. */
  restarts(): number;
  /** Ends that no supervisor should see. */
  readonly odd: readonly string[];
};

export type Building = {
  readonly world: World;
  readonly config: Context['config'];
  readonly artefacts: Context['artefacts'];
  readonly agents: ReadonlyMap<ProcessName, Start>;
  /** What happens to a call of a process; `call` counts over all of its lives. */
  readonly mishapOf: (name: ProcessName, call: number, isChange: boolean) => Mishap;
};

/** Starts an agent as a process of the small world. */
export type Start = (
  life: Life,
  as: Pick<Building, 'config' | 'artefacts'> & { readonly name: string },
) => Promise<Running>;

/** How this agent is started. */
export const starting =
  <S>(agent: Agent<S>): Start =>
  ({ store, around }, { config, name, artefacts }) =>
    startAgentOn(store, agent, { config, name, log: silent }, { around, artefacts });

type Kept = { life: Life | null; lives: number; calls: number; skewMs: number };

const silent = {
  ...{ debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  isLevelEnabled: () => false,
} as unknown as Context['log'];

/** Starts all of them. */
export const startProcesses = ({ world, config, artefacts, agents, mishapOf }: Building): Processes => {
  const { time, chance } = world;
  const odd: string[] = [];
  const all = new Map<ProcessName, Kept>();

  const begin = (name: ProcessName, start: Start): void => {
    const kept = all.get(name) ?? { life: null, lives: 0, calls: 0, skewMs: 0 };
    all.set(name, kept);
    const life = beginLife(world, {
      mishapOf: (isChange) => mishapOf(name, ++kept.calls, isChange),
      skewMs: () => kept.skewMs,
      onKilled: () => void time.after(50 + chance.next() * 500, () => begin(name, start)),
    });
    kept.life = life;
    kept.lives += 1;
    const end = (error: unknown): void => {
      // Whatever the kit gives up on is an error with a remedy; anything else is a bug that would end a process for real.
      if (!(error instanceof Error) || !('remedy' in error)) odd.push(`${name} ended: ${stackOf(error)}`);
      life.kill();
    };
    start(life, { config, name, artefacts }).then((running) => void running.done.catch(end), end);
  };
  for (const [name, start] of agents) begin(name, start);

  return {
    odd,
    kill: (name) => all.get(name)?.life?.kill(),
    pause: (name, ms) => all.get(name)?.life?.pause(ms),
    turnClock: (name, byMs) => {
      const kept = all.get(name);
      if (kept) kept.skewMs += byMs;
    },
    restarts: () => [...all.values()].reduce((sum, it) => sum + it.lives - 1, 0),
  };
};

const stackOf = (error: unknown): string => (error instanceof Error ? (error.stack ?? error.message) : String(error));
