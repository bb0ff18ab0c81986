import { anyoneBut, meets, onHost, type AgentRow, type StepRow } from '@hive/core-db';
import {
  isOpen,
  shortId,
  type ApprovalView,
  type HiveEvent,
  type PauseNote,
  type Step,
  type SystemPauses,
  type TaskView,
  type Waits,
  type WorkflowView,
} from '@hive/events';

/** What is looked at to say why nothing is done about a task. `last` is the last event of its waiting step. */
export type Surroundings = {
  readonly workflow: WorkflowView;
  /** The tasks that it needs. */
  readonly needs: readonly TaskView[];
  /** Its open steps. */
  readonly steps: readonly StepRow[];
  readonly last: HiveEvent | null;
  readonly pauses: SystemPauses;
  /** The request of its own that a person has to answer before its step goes on; null where there is none. */
  readonly asked: Pick<ApprovalView, 'id' | 'action'> | null;
  /** The agents that are there, without those that drain or are paused. */
  readonly agents: readonly Pick<AgentRow, 'agent' | 'host' | 'role' | 'capabilities' | 'status'>[];
  /** Those that people took out by their names, alive or not. */
  readonly pausedAgents: readonly { readonly agent: string; readonly role: string; readonly note: PauseNote }[];
  readonly now: string;
};

const roleOf: Readonly<Record<Step, string>> = {
  plan: 'planner',
  work: 'worker',
  check: 'worker',
  review: 'reviewer',
  merge: 'reviewer',
};

/** Why nothing is done about a task right now; null while somebody works on it, and once it is settled. Pure. */
export const explain = (task: TaskView, around: Surroundings): Waits | null => {
  if (!isOpen(task.state) || around.steps.some((step) => step.state === 'claimed')) return null;
  const step = around.steps[0];
  return (
    ofNeeds(task, around) ??
    ofPause(step, around) ??
    ofPerson(task) ??
    ofAnswer(around) ??
    (step
      ? (ofTime(step, around) ?? ofLimits(step) ?? ofAgents(step, around))
      : {
          because: 'orchestrator',
          text: 'The orchestrator has not yet decided what comes next; hive agents shows whether it is there',
        })
  );
};

const ofNeeds = (task: TaskView, { needs }: Surroundings): Waits | null => {
  const open = needs.filter((need) => isOpen(need.state));
  if (task.state !== 'pending' || open.length === 0) return null;
  const named = open.slice(0, 5).map((need) => `${need.spec.key} (${need.state})`);
  const more = open.length > named.length ? ` and ${open.length - named.length} more` : '';
  return { because: 'needs', text: `It waits for ${named.join(', ')}${more}` };
};

const ofPause = (step: StepRow | undefined, { workflow, pauses }: Surroundings): Waits | null => {
  const paused = (what: string, note: PauseNote, how: string): Waits => ({
    because: 'paused',
    text: `${what} paused by ${note.by} at ${note.at}${note.reason === null ? '' : ` (${note.reason})`}; ${how} goes on`,
  });
  if (pauses.all) return paused('Everything was', pauses.all, 'hive resume --all');
  if (workflow.paused) return paused('Its workflow was', workflow.paused, `hive resume ${shortId(workflow.id)}`);
  const ofKind = step && pauses[step.kind];
  return ofKind ? paused(`Every ${step.kind} was`, ofKind, `hive resume --all --kind ${step.kind}`) : null;
};

const ofPerson = (task: TaskView): Waits | null =>
  task.state === 'waiting'
    ? {
        because: 'person',
        text: `It waits for a person: ${task.reason ?? 'no reason was given'}; hive approve or hive deny ${shortId(task.id)} decides, hive retry ${shortId(task.id)} --note sends it back`,
      }
    : null;

const ofAnswer = ({ asked }: Surroundings): Waits | null =>
  asked && {
    because: 'person',
    text: `It waits for a person who allows it: ${asked.action}; hive approve or hive deny ${shortId(asked.id)} decides`,
  };

const ofLimits = (step: StepRow): Waits | null =>
  step.state === 'parked'
    ? {
        because: 'limit',
        text:
          step.kind === 'merge'
            ? 'Its merge waits for its turn: into a branch of yours changes go one after another'
            : `Its ${step.kind} waits for room: at most ${step.limits.map(({ key, max }) => `${max} of ${key}`).join(' and ')} at once`,
      }
    : null;

const ofTime = (step: StepRow, { last, now }: Surroundings): Waits | null => {
  if (step.state !== 'scheduled' || step.runAt === null || step.runAt <= now) return null;
  const why =
    last?.type === 'task.attempt_failed'
      ? `Attempt ${last.data.attempt} of its ${step.kind} failed (${last.data.code}: ${last.data.reason}); the next one`
      : last?.type === 'task.snoozed'
        ? `Its ${step.kind} was put off (${last.data.reason}); it`
        : `Its ${step.kind}`;
  return { because: 'later', text: `${why} begins at ${step.runAt}` };
};

const ofAgents = (step: StepRow, { agents, pausedAgents }: Surroundings): Waits => {
  const role = roleOf[step.kind];
  const there = agents.filter((agent) => agent.role === role);
  const [out] = pausedAgents.filter(
    (it) => it.agent === step.onlyAgent || (there.length === 0 && it.role === role && step.onlyAgent === null),
  );
  if (out)
    return {
      because: 'paused',
      text: `${out.agent}, which could take its ${step.kind}, was paused by ${out.note.by} at ${out.note.at}${out.note.reason === null ? '' : ` (${out.note.reason})`}; hive resume --agent ${out.agent} goes on`,
    };
  if (there.length === 0)
    return { because: 'nobody', text: `No ${role} is there to take its ${step.kind}; hive up starts one` };
  if (step.onlyAgent !== null && !there.some((agent) => agent.agent === step.onlyAgent))
    return { because: 'nobody', text: `Its ${step.kind} is meant for ${step.onlyAgent}, which is not there` };
  const lacking = step.capabilities.filter((wanted) => there.every((agent) => !meets(agent, [wanted])));
  const able = there.filter((agent) => meets(agent, step.capabilities));
  if (able.length === 0) {
    if (there.every(({ agent }) => step.capabilities.includes(anyoneBut(agent))))
      return {
        because: 'nobody',
        text: `Only its author is there to take its ${step.kind}, and nobody judges their own change`,
      };
    if (there.every(({ host }) => step.capabilities.includes(anyoneBut(onHost(host)))))
      return {
        because: 'nobody',
        text: `Its ${step.kind} has to be taken on another machine than the one that checked it first (policy proof.otherHost), and no ${role} is there on one`,
      };
    const what = lacking.length > 0 ? lacking.join(', ') : step.capabilities.join(' together with ');
    return { because: 'nobody', text: `No ${role} that is there offers ${what}, which it asks for` };
  }
  const busy = able.every((agent) => agent.status === 'busy');
  const many = able.length === 1 ? `the one ${role} that can take it` : `all ${able.length} that can take it`;
  return {
    because: 'queued',
    text: busy
      ? `Its ${step.kind} is in the queue; ${many} ${able.length === 1 ? 'is' : 'are'} busy`
      : `Its ${step.kind} is in the queue`,
  };
};
