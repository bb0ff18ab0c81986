import type { AgentFigures, AgentSummary, BoxSummary, Figures, HiveEvent, LimitWindow } from '@hive/events';

/** An agent that is silent for longer than three beats, and not yet for so long that it counts as gone. */
const stalledMs = 15_000;

/** The state of an agent as people see it: `stalled` is there and silent. */
export type AgentState = AgentSummary['status'] | 'stalled';

export const stateOfAgent = ({ status, beatAgeMs }: Pick<AgentSummary, 'status' | 'beatAgeMs'>): AgentState =>
  status !== 'gone' && beatAgeMs > stalledMs ? 'stalled' : status;

/** A row of the page. `day` and `hour` are null until they were folded, or where nothing of the agent was recorded. */
export type AgentRow = {
  readonly agent: AgentSummary;
  readonly state: AgentState;
  readonly day: AgentFigures | null;
  readonly hour: AgentFigures | null;
  /** The models that are loaded on its machine, where that is a box. */
  readonly loaded: readonly string[];
};

const order: readonly AgentState[] = ['stalled', 'busy', 'idle', 'draining', 'paused', 'gone'];

/** What is known of each agent, what needs a look first. Processes that are gone are left out where a newer one has their name. */
export const agentRows = (
  agents: readonly AgentSummary[],
  { day, hour, boxes }: { readonly day?: Figures; readonly hour?: Figures; readonly boxes?: readonly BoxSummary[] },
): readonly AgentRow[] => {
  const alive = new Set(agents.filter(({ status }) => status !== 'gone').map(({ agent }) => agent));
  const figuresOf = (figures: Figures | undefined, name: string) =>
    figures?.agents.find(({ agent }) => agent === name) ?? null;
  return agents
    .filter(({ agent, status }) => status !== 'gone' || !alive.has(agent))
    .map((agent) => ({
      agent,
      state: stateOfAgent(agent),
      day: figuresOf(day, agent.agent),
      hour: figuresOf(hour, agent.agent),
      loaded: (boxes?.find(({ name }) => name === agent.host)?.models ?? []).flatMap(({ name, loaded }) =>
        loaded ? [name] : [],
      ),
    }))
    .sort(
      (a, b) =>
        order.indexOf(a.state) - order.indexOf(b.state) ||
        a.agent.role.localeCompare(b.agent.role) ||
        a.agent.agent.localeCompare(b.agent.agent),
    );
};

/** How many of its steps went well; null where there were none. */
export const successOf = (figures: AgentFigures | null): { readonly share: number; readonly of: number } | null => {
  if (figures === null) return null;
  const of = figures.good + figures.failed + figures.lost;
  return of === 0 ? null : { share: figures.good / of, of };
};

/** A step that an agent was given: why, and what came of it. */
export type Assignment = {
  readonly event: HiveEvent;
  readonly step: string;
  readonly because: string | null;
  readonly outcome: HiveEvent | null;
};

const ends = new Set<string>([
  'task.submitted',
  'task.checked',
  'task.completed',
  'task.merged',
  'task.review_completed',
  'task.attempt_failed',
  'task.lease_expired',
  'task.snoozed',
]);

/** The events that tell of agents, for asking the log. */
export const activityTypes: readonly string[] = ['task.assigned', 'task.claimed', ...ends, 'model.called', 'agent.*'];

const isBy = (event: HiveEvent, agent: string): boolean =>
  event.actor === agent || event.actor.endsWith(`/${agent}`) || (event.data as { agent?: string }).agent === agent;

/** What an agent did, newest first, among these events (newest first). */
export const activityOf = (events: readonly HiveEvent[], agent: string): readonly HiveEvent[] =>
  events.filter((event) => event.type !== 'task.assigned' && isBy(event, agent));

/** The claims of an agent, newest first, each with the reason of the assignment before it and how it ended. `events`: newest first. */
export const assignmentsOf = (events: readonly HiveEvent[], agent: string): readonly Assignment[] =>
  events.flatMap((claim, index): Assignment[] => {
    if (claim.type !== 'task.claimed' || claim.data.agent !== agent) return [];
    const { step, token } = claim.data;
    const before = events.find(
      (it, at) => at > index && it.stream === claim.stream && it.type === 'task.assigned' && it.data.step === step,
    );
    const after = events.findLast(
      (it, at) =>
        at < index &&
        it.stream === claim.stream &&
        ends.has(it.type) &&
        (it.data as { token?: number }).token === token,
    );
    const because = before?.type === 'task.assigned' ? before.data.because : null;
    return [{ event: claim, step, because, outcome: after ?? null }];
  });

const windows: Readonly<Record<string, string>> = {
  five_hour: 'five hours',
  seven_day: 'seven days',
  overage: 'overage',
  unified: 'the plan',
};

/** A limit in words: `five hours of claude`, `tokens per minute of claude, sonnet`. */
export const windowWords = ({ kind, of, model }: Pick<LimitWindow, 'kind' | 'of' | 'model'>): string =>
  `${windows[kind] ?? kind.replace(/_/g, ' ')} of ${of}${model === null ? '' : `, ${model}`}`;

/** True once a window has begun anew since it was told: what was used then says nothing now. */
export const isOver = ({ resetsAt }: Pick<LimitWindow, 'resetsAt'>, now: number): boolean =>
  resetsAt !== null && Date.parse(resetsAt) <= now;
