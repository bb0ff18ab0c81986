import { holdingsTurnstile, readAllPauses, turnstile, type Bus } from '@hive/bus';
import { alertsOf } from './alerts.ts';
import { limitsNow } from './limits-now.ts';
import { hiveVersion } from '@hive/config';
import { streams, type AgentSummary, type AgentView, type Desk, type Health, type TaskView } from '@hive/events';
import { lackOfRoom, type Space } from '@hive/workspace';
import type { AgentRow, StepRow, Store } from '@hive/core-db';
import type { Door } from './at-the-door.ts';
import { countDeadLetters } from './dead-letters.ts';
import { dedupeTurnstile } from './dedupe.ts';
import { readVerified } from './verified.ts';

const many = 10_000;
/** Ten beats. A holder on another host cannot be looked up, so its silence has to do. */
const silentMs = 30_000;

/** Who works in the building, and how it is. */
export const createBuilding = (
  { store }: Bus,
  { config, means: { sandbox, space } }: Door,
): Pick<Desk, 'agents' | 'health'> => {
  const agents: Desk['agents'] = async () => {
    const [rows, claimed, now, pauses] = await Promise.all([
      store.agents(),
      store.steps({ states: ['claimed'], limit: many }),
      store.now(),
      readAllPauses(store),
    ]);
    const gone = new Set(await store.gone(rows.map((row) => row.incarnation)));
    const { heads } = await store.heads([
      ...claimed.flatMap((step) => (step.taskId === null ? [] : [streams.task(step.taskId)])),
      ...rows.map(({ incarnation }) => streams.agent(incarnation)),
    ]);
    const held = rows.map((row) => claimed.find((it) => it.holder === row.incarnation));
    // While a step is claimed, the claim is its last event.
    const claims = await Promise.all(held.map(async (step) => (step ? await store.event(step.lastEventId) : null)));
    return rows.map(({ beatAt, ...row }, index): AgentSummary => {
      const step = held[index];
      const since = claims[index]?.at;
      const task = step?.taskId ? (heads.get(streams.task(step.taskId))?.view as TaskView | undefined) : undefined;
      const { steps } = (heads.get(streams.agent(row.incarnation))?.view ?? {}) as Partial<AgentView>;
      const paused = pauses.agents[row.agent];
      const beatAgeMs = Math.max(0, Date.parse(now) - Date.parse(beatAt));
      return {
        ...row,
        capabilities: [...row.capabilities],
        status: gone.has(row.incarnation) || beatAgeMs > silentMs ? 'gone' : statusOf(row.status, { step, paused }),
        ...(paused && { paused }),
        ...(steps && { steps: [...steps] }),
        step: step
          ? {
              kind: step.kind,
              taskId: step.taskId,
              title: task?.spec.title ?? null,
              correlationId: step.workflowId,
              ...(since !== undefined && { since }),
            }
          : null,
        beatAgeMs,
      };
    });
  };

  return {
    agents,
    health: async () => {
      const [about, end, open, subscriptions, deadLetters, pauses, horizon, everyone, system, sealed] =
        await Promise.all([
          store.about(),
          store.end(),
          store.steps({ states: ['ready', 'scheduled', 'paused', 'parked', 'claimed'], limit: many }),
          store.subscriptions(),
          countDeadLetters(store),
          readAllPauses(store),
          store.horizon?.(),
          agents(),
          store.heads([streams.system]),
          store.events({ stream: streams.system, types: ['system.checkpointed'], newest: true, limit: 1 }),
        ]);
      const [seal] = sealed.events;
      const steps: Record<string, number> = { ready: 0, scheduled: 0, paused: 0, parked: 0, claimed: 0 };
      for (const step of open) steps[step.state] = (steps[step.state] ?? 0) + 1;
      return {
        version: hiveVersion,
        database: {
          name: about.database,
          version: about.version,
          bytes: about.bytes,
          ...(about.walBytes !== undefined && { walBytes: about.walBytes }),
        },
        head: end.position,
        steps,
        // Turnstiles are kept beside the cursors of readers, and read nothing.
        subscriptions: subscriptions
          .filter(({ name }) => ![turnstile, holdingsTurnstile, dedupeTurnstile].includes(name))
          .map(({ name, cursor }) => ({ name, position: cursor.position })),
        deadLetters,
        paused: pauses.paused,
        pausedAgents: pauses.agents,
        oldestReady: await oldestReady(store, open),
        alerts: alertsOf(system.heads.get(streams.system)?.view ?? {}),
        sealed: seal ? { at: seal.at, position: seal.position, eventId: seal.id } : null,
        verified: await readVerified(config.home),
        limits: await limitsNow(store),
        agents: everyone.filter((agent) => agent.status !== 'gone').length,
        sandbox: sandbox ? (await sandbox()).note : 'not looked at by this process',
        disk: space ? diskOf(config, await space()) : null,
        horizon: horizon ? { ...horizon, blocker: horizon.blocker?.who ?? null } : null,
      };
    },
  };
};

/** What an agent holds is newer than what its last beat said of it. */
const statusOf = (
  beaten: AgentRow['status'],
  { step, paused }: { readonly step: StepRow | undefined; readonly paused: object | undefined },
): AgentSummary['status'] => {
  if (paused) return step ? 'draining' : 'paused';
  if (beaten === 'draining') return beaten;
  return step ? 'busy' : 'idle';
};

/** The step that could be taken and has waited longest; since its last event. */
const oldestReady = async (
  store: Store,
  open: readonly StepRow[],
): Promise<NonNullable<Health['oldestReady']> | null> => {
  const ready = open.filter(({ state }) => state === 'ready');
  // Priority gives a head start in rank, so of those in front the one with the oldest event is looked for.
  const front = ready.toSorted((a, b) => a.rank - b.rank).slice(0, 20);
  const events = await Promise.all(front.map(({ lastEventId }) => store.event(lastEventId)));
  const waits = front.flatMap((step, index) => {
    const event = events[index];
    return event ? [{ kind: step.kind, taskId: step.taskId, correlationId: step.workflowId, since: event.at }] : [];
  });
  return waits.toSorted((a, b) => (a.since < b.since ? -1 : 1))[0] ?? null;
};

const diskOf = ({ home, disk: { floorBytes } }: Door['config'], space: Space): Health['disk'] => ({
  ...space,
  floorBytes,
  lack: lackOfRoom(home, space, floorBytes),
});
