import { holdingsTurnstile, readPauses, turnstile, type Bus } from '@hive/bus';
import { limitsNow } from './limits-now.ts';
import { hiveVersion } from '@hive/config';
import { streams, type AgentSummary, type Desk, type Health, type TaskView } from '@hive/events';
import { lackOfRoom, type Space } from '@hive/workspace';
import type { Door } from './at-the-door.ts';
import { dedupeTurnstile } from './dedupe.ts';

const many = 10_000;
/** Ten beats. A holder on another host cannot be looked up, so its silence has to do. */
const silentMs = 30_000;

/** Who works in the building, and how it is. */
export const createBuilding = (
  { store }: Bus,
  { config, means: { sandbox, space } }: Door,
): Pick<Desk, 'agents' | 'health'> => {
  const agents: Desk['agents'] = async () => {
    const [rows, claimed, now] = await Promise.all([
      store.agents(),
      store.steps({ states: ['claimed'], limit: many }),
      store.now(),
    ]);
    const gone = new Set(await store.gone(rows.map((row) => row.incarnation)));
    const { heads } = await store.heads(
      claimed.flatMap((step) => (step.taskId === null ? [] : [streams.task(step.taskId)])),
    );
    return rows.map(({ beatAt, ...row }): AgentSummary => {
      const step = claimed.find((it) => it.holder === row.incarnation);
      const task = step?.taskId ? (heads.get(streams.task(step.taskId))?.view as TaskView | undefined) : undefined;
      const beatAgeMs = Math.max(0, Date.parse(now) - Date.parse(beatAt));
      return {
        ...row,
        capabilities: [...row.capabilities],
        status: gone.has(row.incarnation) || beatAgeMs > silentMs ? 'gone' : row.status,
        step: step ? { kind: step.kind, taskId: step.taskId, title: task?.spec.title ?? null } : null,
        beatAgeMs,
      };
    });
  };

  return {
    agents,
    health: async () => {
      const [about, end, open, subscriptions, deadLetters, paused, horizon, everyone] = await Promise.all([
        store.about(),
        store.end(),
        store.steps({ states: ['ready', 'scheduled', 'paused', 'parked', 'claimed'], limit: many }),
        store.subscriptions(),
        store.deadLetters(many),
        readPauses(store),
        store.horizon?.(),
        agents(),
      ]);
      const steps: Record<string, number> = { ready: 0, scheduled: 0, paused: 0, parked: 0, claimed: 0 };
      for (const step of open) steps[step.state] = (steps[step.state] ?? 0) + 1;
      return {
        version: hiveVersion,
        database: { name: about.database, version: about.version, bytes: about.bytes },
        head: end.position,
        steps,
        // Turnstiles are kept beside the cursors of readers, and read nothing.
        subscriptions: subscriptions
          .filter(({ name }) => ![turnstile, holdingsTurnstile, dedupeTurnstile].includes(name))
          .map(({ name, cursor }) => ({ name, position: cursor.position })),
        deadLetters: deadLetters.length,
        paused,
        limits: await limitsNow(store),
        agents: everyone.filter((agent) => agent.status !== 'gone').length,
        sandbox: sandbox ? (await sandbox()).note : 'not looked at by this process',
        disk: space ? diskOf(config, await space()) : null,
        horizon: horizon ? { ...horizon, blocker: horizon.blocker?.who ?? null } : null,
      };
    },
  };
};

const diskOf = ({ home, disk: { floorBytes } }: Door['config'], space: Space): Health['disk'] => ({
  ...space,
  floorBytes,
  lack: lackOfRoom(home, space, floorBytes),
});
