import { taskTransitions, dueStates, type Step } from '@hive/events';
import type { Memory } from '@hive/core-db/memory';

type LogEvent = Memory['tables']['events'][number];
type Claimed = { readonly step: Step; readonly token: number; readonly retryAt: string | null };

export type Outside = {
  readonly acknowledged: readonly string[];
  readonly given: () => number;
  /** Whether anything happened that may cost a lease. */
  readonly mayLose: boolean;
  /** What is on the branches. */
  readonly commits: readonly { readonly to: string; readonly taskId: string }[];
};

const maxAttempts: Readonly<Record<Step, number>> = { plan: 3, work: 3, check: 2, review: 3, merge: 5 };
const maxRescues = 5;

/**
 * What a log may not show, by the numbers of ARCHITECTURE section 7. A small model of its own: of the code that is tried it knows the table of
 * transitions, and nothing that folds or decides.
 */
export const violationsIn = (
  { tables }: Memory,
  { acknowledged, given, mayLose, commits }: Outside,
): readonly string[] => {
  const found: string[] = [];
  const say = (number: number, text: string): void => void (found.length < 20 && found.push(`${number}: ${text}`));
  const byId = new Map<string, LogEvent>();
  const roots = new Map<string, number>();
  const streamsSeen = new Map<string, Stream>();

  for (const event of tables.events) {
    const { id, stream, version, correlationId, causationId, type } = event;
    if (byId.has(id)) say(3, `${id} is there twice`);
    const known = streamsSeen.get(stream) ?? newStream();
    streamsSeen.set(stream, known);
    if (version !== known.version + 1) say(8, `${stream} has version ${version} after ${known.version}`);
    known.version = version;
    const cause = causationId === null ? null : byId.get(causationId);
    if (causationId === null) roots.set(correlationId, (roots.get(correlationId) ?? 0) + 1);
    else if (!cause) say(9, `${type} ${id} is caused by nothing before it`);
    else if (cause.correlationId !== correlationId) say(9, `${type} ${id} is caused by another trace`);
    byId.set(id, event);
    lookAtClaims(event, known, say);
    lookAtLead(event, streamsSeen, say);
    if (stream.startsWith('task/')) lookAtState(event, known, say);
  }

  for (const [trace, count] of roots) if (count !== 1) say(9, `${trace} has ${count} roots`);
  for (const id of acknowledged) if (!byId.has(id)) say(1, `${id} was acknowledged and is not there`);
  for (const [stream, { version, state }] of streamsSeen) {
    const head = tables.heads.get(stream);
    if (head?.version !== version) say(10, `the head of ${stream} is at ${head?.version ?? 0} and not at ${version}`);
    if (stream.startsWith('task/') && head?.state !== state)
      say(10, `the head of ${stream} is ${head?.state ?? ''} and not ${state ?? ''}`);
  }
  for (const [stream, { state, merged }] of streamsSeen) {
    const effects = commits.filter((it) => `task/${it.taskId}` === stream);
    if (effects.length > 1) say(3, `${stream} was merged ${effects.length} times`);
    if (merged !== null && !effects.some((it) => it.to === merged))
      say(3, `${stream} is told to be merged and is not on the branch`);
    const open = [...tables.steps.values()].filter(
      (it) => it.stream === stream && it.state !== 'done' && it.state !== 'cancelled',
    );
    if (open.length > 0 && state !== null && ended.has(state))
      say(2, `${stream} is ${state} and has a step ${open[0]?.kind ?? ''} ${open[0]?.state ?? ''}`);
    if (open.length > 1) say(4, `${stream} has ${open.length} open steps: ${open.map((it) => it.kind).join(', ')}`);
  }
  for (const text of untrueMerges(tables.events, commits)) say(3, text);
  const commands = tables.events.filter((it) => it.actor === 'person/me').length;
  if (commands > given()) say(3, `${given()} commands were given and ${commands} recorded`);
  if (!mayLose && tables.events.some((it) => it.type === 'task.lease_expired'))
    say(4, 'a lease was lost, and nothing had happened to its holder');
  for (const letter of tables.letters) say(7, `${letter.subscription} gave up on an event: ${letter.error}`);
  return found;
};

type Stream = {
  version: number;
  state: string | null;
  token: number;
  held: Claimed | null;
  retryAt: string | null;
  leaseUntil: string;
  merged: string | null;
  readonly failures: Map<string, number>;
  readonly rescues: Map<string, number>;
};

const newStream = (): Stream => ({
  version: 0,
  state: null,
  token: 0,
  held: null,
  retryAt: null,
  leaseUntil: '',
  merged: null,
  failures: new Map(),
  rescues: new Map(),
});

type Say = (number: number, text: string) => void;

/** The settled states of a task. */
const ended = new Set(['merged', 'completed', 'refused', 'failed', 'blocked', 'dead_lettered', 'cancelled']);

const lookAtClaims = ({ type, data, stream, at }: LogEvent, known: Stream, say: Say): void => {
  const { token, step, retryAt } = data as { token?: number; step?: Step; retryAt?: string | null };
  if (type === 'task.redriven') {
    known.failures.clear();
    known.rescues.clear();
  }
  if (type === 'task.assigned' && step !== undefined) {
    // A new step counts anew.
    known.failures.delete(step);
    known.rescues.delete(step);
    known.retryAt = null;
  }
  if (step === undefined || token === undefined) {
    if (type.startsWith('workflow.') && type !== 'workflow.paused' && type !== 'workflow.resumed') known.held = null;
    return;
  }
  if (type === 'task.claimed') {
    if (token <= known.token) say(4, `${stream} gave out the token ${token} after ${known.token}`);
    known.leaseUntil = (data as { leaseUntil: string }).leaseUntil;
    if (known.held) say(4, `${stream} was claimed while ${known.held.token} was held`);
    if (known.retryAt !== null && at < known.retryAt) say(6, `${stream} was claimed before its backoff had passed`);
    known.token = token;
    known.held = { step, token, retryAt: null };
    known.retryAt = null;
    return;
  }
  if (token !== known.token)
    say(4, `${type} in ${stream} proves the token ${token}, while ${known.token} was given out`);
  if (!known.held && type !== 'task.merged') say(4, `${type} in ${stream} under a claim that has ended`);
  if (type === 'task.attempt_failed') {
    const count = (known.failures.get(step) ?? 0) + 1;
    known.failures.set(step, count);
    known.retryAt = retryAt ?? null;
    if (count > maxAttempts[step]) say(6, `${stream} failed ${count} times at ${step}`);
  }
  if (type === 'task.lease_expired') {
    const { reason } = data as { reason: string };
    if (reason.includes('silent') && at < known.leaseUntil)
      say(4, `${stream} was given back before its lease had ended`);
    const count = (known.rescues.get(step) ?? 0) + 1;
    known.rescues.set(step, count);
    if (count > maxRescues + 1) say(6, `${stream} was rescued ${count} times at ${step}`);
  }
  known.held = null;
};

/** What is merged under the claim of another task is so while that claim is the newest there and held. */
const lookAtLead = ({ type, data, stream }: LogEvent, all: ReadonlyMap<string, Stream>, say: Say): void => {
  const { lead } = data as { lead?: { taskId: string; token: number } };
  if (type !== 'task.merged' || lead === undefined) return;
  const held = all.get(`task/${lead.taskId}`)?.held ?? null;
  if (held?.step !== 'merge' || held.token !== lead.token)
    say(4, `${stream} was merged under the claim ${lead.token} of ${lead.taskId}, which does not hold`);
};

/** Of what was intended for a branch exactly that is told as done which is there in the end. */
const untrueMerges = (events: readonly LogEvent[], commits: Outside['commits']): readonly string[] => {
  const isThere = new Set(commits.map(({ to }) => to));
  const intended = new Map<string, string>();
  return events.flatMap(({ type, stream, data }): readonly string[] => {
    const { taskId, to, commit } = data as { taskId?: string; to?: string; commit?: string };
    const place = `${stream} ${taskId ?? ''}`;
    if (type === 'merge.intended' && to !== undefined) intended.set(place, to);
    if (type === 'merge.completed' && commit !== undefined && !isThere.has(commit))
      return [`${stream} is told to hold ${commit.slice(0, 8)} and does not`];
    if (type !== 'merge.completed' && type !== 'merge.rejected') return [];
    const open = intended.get(place);
    intended.delete(place);
    return type === 'merge.rejected' && open !== undefined && isThere.has(open)
      ? [`${stream} is told not to hold ${open.slice(0, 8)} and does`]
      : [];
  });
};

const lookAtState = ({ type, data, stream, id }: LogEvent, known: Stream, say: Say): void => {
  const { step, commit } = data as { step?: Step; commit?: string };
  const row = taskTransitions.find(
    (it) =>
      it.event === type &&
      (it.from as readonly (string | null)[]).includes(known.state) &&
      (it.step === undefined || it.step === step),
  );
  if (row) known.state = row.to;
  else if (step === undefined || step === 'plan' || !(dueStates[step] as readonly string[]).includes(known.state ?? ''))
    say(5, `${type} ${id} came to ${stream}, which was ${known.state ?? 'not there'}`);
  if (type === 'task.merged') known.merged = commit ?? null;
  // Whatever was held for a task that is over is void.
  if (ended.has(known.state ?? '')) known.held = null;
};
