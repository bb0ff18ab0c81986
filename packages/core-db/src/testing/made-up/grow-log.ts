import { randomBytes } from 'node:crypto';
import { foldStream, parseEventData, parseStream, stateOf, streams, type Evidence, type NewEvent } from '@hive/events';
import type { EventRow, Head, StepRow, TraceRow } from '../../port.ts';
import { tracesOf } from '../../write-rules.ts';

/** A part of a made-up log: rows that belong together, as if a building had written them. */
export type Grown = {
  readonly events: readonly EventRow[];
  readonly heads: readonly Head[];
  readonly steps: readonly StepRow[];
  readonly traces: readonly TraceRow[];
};

const together = 20;
const tasksOfWorkflow = 10;
const workSteps = ['work', 'check', 'review', 'merge'] as const;

/**
 * Whole workflows of ten tasks each, twenty of them running at a time, until there are `events`: every stream is consistent, every cause
 * comes first, some attempts fail, some leases end. `from` is the time of the first event in milliseconds.
 */
export function* growLog(events: number, from: number): Generator<Grown> {
  let at = from;
  let made = 0;
  while (made < events) {
    const clock = () => (at += 3);
    const grown = growTogether(clock);
    made += grown.events.length;
    yield grown;
  }
}

const growTogether = (clock: () => number): Grown => {
  const rows: EventRow[] = [];
  const heads = new Map<string, Head>();
  const steps: StepRow[] = [];
  const running = Array.from({ length: together }, (_, n) => workflowStory(n, steps, clock));
  // One event of each in turn, so that the streams and traces of the log are mixed as they are in a busy building.
  for (let live = running; live.length > 0;) {
    live = live.filter((story) => {
      const next = story.next();
      if (next.done) return false;
      rows.push(recorded(next.value, heads, clock()));
      return true;
    });
  }
  return { events: rows, heads: [...heads.values()], steps, traces: tracesOf(rows) };
};

type Telling = {
  readonly event: NewEvent;
  readonly id: string;
  readonly correlationId: string;
  readonly cause: string | null;
  readonly actor: string;
};

let checked = 0;

const recorded = (
  { event, id, correlationId, cause, actor }: Telling,
  heads: Map<string, Head>,
  ms: number,
): EventRow => {
  // Schemas are slow; after the first workflows they have seen every kind of event.
  if (checked++ < 10_000) parseEventData(event.type, event.data);
  const before = heads.get(event.stream);
  const row = {
    id,
    type: event.type,
    stream: event.stream,
    version: (before?.version ?? 0) + 1,
    correlationId,
    causationId: cause,
    actor,
    at: new Date(ms).toISOString(),
    data: event.data,
  } as EventRow; // type and data come from one NewEvent
  const view = foldStream(before?.view ?? null, row);
  heads.set(event.stream, {
    stream: event.stream,
    ...parseStream(event.stream),
    correlationId: before?.correlationId ?? correlationId,
    version: row.version,
    state: stateOf(event.stream, view),
    lastEventId: id,
    token: event.type === 'task.claimed' ? event.data.token : (before?.token ?? 0),
    view,
  });
  return row;
};

/** One workflow from its submission to its end. */
function* workflowStory(n: number, steps: StepRow[], clock: () => number): Generator<Telling> {
  const workflowId = uuid(clock());
  const stream = streams.workflow(workflowId);
  const branch = `hive/change-${n}-${workflowId.slice(-8)}`;
  let cause: string | null = null;
  const tell = (event: NewEvent, actor: string): Telling => {
    const id = uuid(clock());
    const telling = { event, id, correlationId: workflowId, cause, actor };
    cause = id;
    return telling;
  };
  const planMark = { taskId: null, step: 'plan', attempt: 1 } as const;
  const tasks = Array.from({ length: tasksOfWorkflow }, (_, i) => ({ id: uuid(clock()), key: `task-${i}` }));
  yield tell({ type: 'workflow.submitted', stream, data: submission(workflowId, branch) }, 'human/owner');
  const planStep = uuid(clock());
  yield tell(
    {
      type: 'task.assigned',
      stream,
      data: { ...planMark, stepId: planStep, agent: null, because: 'a goal needs a plan' },
    },
    'orchestrator/orchestrator',
  );
  yield tell(
    { type: 'task.claimed', stream, data: { ...planMark, token: 1, agent: 'planner', leaseUntil: iso(clock()) } },
    'planner/planner',
  );
  yield tell(
    {
      type: 'workflow.plan_generated',
      stream,
      data: {
        workflowId,
        plan: hash(),
        by: 'plan file',
        tasks: tasks.map((task, i) => ({ ...task, needs: i > 0 && i % 3 === 0 ? [tasks[i - 1]?.id ?? ''] : [] })),
      },
    },
    'planner/planner',
  );
  steps.push(doneStep('plan', planStep, workflowId, null, 1, 0, cause ?? ''));
  yield tell(
    { type: 'workflow.started', stream, data: { workflowId, tasks: tasks.length } },
    'orchestrator/orchestrator',
  );
  for (const task of tasks) yield* taskStory(task, workflowId, branch, tell, steps, clock);
  yield tell(
    {
      type: 'workflow.completed',
      stream,
      data: {
        workflowId,
        merged: tasks.length,
        usage: { input: 12_000, output: 3400, cached: 900, costUsd: 0.21, calls: 10 },
      },
    },
    'orchestrator/orchestrator',
  );
}

function* taskStory(
  { id: taskId, key }: { readonly id: string; readonly key: string },
  workflowId: string,
  branch: string,
  tell: (event: NewEvent, actor: string) => Telling,
  steps: StepRow[],
  clock: () => number,
): Generator<Telling> {
  const stream = streams.task(taskId);
  const queen = 'orchestrator/orchestrator';
  const author = 'ollama:qwen2.5-coder:32b@walnut';
  const spec = {
    id: taskId,
    key,
    title: `Make ${key} say what it does`,
    instructions:
      'Read the module, find the function that the failing test names, and make it answer as its documentation says. '.repeat(
        3,
      ),
    needs: [],
    kind: 'change' as const,
    author: null,
    checks: [{ name: 'test', argv: ['npm', 'test'], source: 'found' as const }],
    redBefore: 'needed' as const,
    capabilities: [],
    priority: 0,
    timeoutS: 1800,
  };
  yield tell({ type: 'task.created', stream, data: { taskId, workflowId, spec } }, queen);
  yield tell({ type: 'task.ready', stream, data: { taskId } }, queen);
  let token = 0;
  for (const step of workSteps) {
    const stepId = uuid(clock());
    const worker = step === 'merge' || step === 'review' ? 'reviewer/reviewer' : 'worker/worker-1';
    const agent = worker.slice(worker.indexOf('/') + 1);
    yield tell(
      {
        type: 'task.assigned',
        stream,
        data: { taskId, step, attempt: 1, stepId, agent: null, because: `${step} is next` },
      },
      queen,
    );
    const failures = step === 'work' && Math.random() < 0.05 ? 1 : 0;
    for (let attempt = 1; ; attempt++) {
      const mark = { taskId, step, attempt, token: ++token };
      yield tell({ type: 'task.claimed', stream, data: { ...mark, agent, leaseUntil: iso(clock() + 15_000) } }, worker);
      if (attempt > failures) break;
      yield tell(
        {
          type: 'task.attempt_failed',
          stream,
          data: {
            ...mark,
            code: 'model.bad_output',
            reason: 'the reply held no patch',
            final: false,
            retryAt: iso(clock()),
          },
        },
        worker,
      );
    }
    const mark = { taskId, step, attempt: failures + 1, token };
    if (step === 'work') {
      const callId = uuid(clock());
      yield tell({ type: 'model.called', stream: streams.call(callId), data: call(callId, taskId) }, worker);
      yield tell(
        { type: 'task.submitted', stream, data: { ...mark, base: sha(), commit: sha(), patch: hash(), author, agent } },
        worker,
      );
    }
    if (step === 'check')
      yield tell(
        {
          type: 'task.checked',
          stream,
          data: { ...mark, evidence: evidence(author), verdict: { code: null, reason: null, findings: [] } },
        },
        worker,
      );
    if (step === 'review')
      yield tell(
        {
          type: 'task.review_completed',
          stream,
          data: { ...mark, decision: 'approve', reviewer: { agent, kind: 'rules' }, findings: [], remaining: 0 },
        },
        worker,
      );
    if (step === 'merge') {
      const of = { taskId, workflowId, branch, attempt: mark.attempt, token };
      const line = streams.merge('mirror', branch);
      const proof = evidence(author);
      yield tell(
        { type: 'merge.intended', stream: line, data: { ...of, from: sha(), to: sha(), evidence: proof } },
        worker,
      );
      yield tell(
        { type: 'merge.completed', stream: line, data: { ...of, commit: sha(), evidence: proof, into: null } },
        worker,
      );
      const merged = tell({ type: 'task.merged', stream, data: { ...mark, commit: sha(), evidence: proof } }, worker);
      yield merged;
    }
    steps.push(doneStep(step, stepId, workflowId, taskId, mark.attempt, failures, uuid(clock()), token));
  }
}

const doneStep = (
  kind: StepRow['kind'],
  id: string,
  workflowId: string,
  taskId: string | null,
  attempt: number,
  failures: number,
  lastEventId: string,
  token = attempt,
): StepRow => ({
  id,
  kind,
  stream: taskId === null ? streams.workflow(workflowId) : streams.task(taskId),
  taskId,
  workflowId,
  capabilities: [],
  priority: 0,
  rank: 0,
  limits: [],
  due: [],
  becomes: null,
  state: 'done',
  runAt: null,
  token,
  attempt,
  failures,
  rescues: 0,
  maxAttempts: 3,
  maxRescues: 5,
  onlyAgent: null,
  avoidAgent: null,
  holder: null,
  holderAgent: null,
  leaseUntil: null,
  lastEventId,
  payload: null,
});

const submission = (workflowId: string, branch: string) => ({
  workflowId,
  goal: 'Every function does what its documentation says, and a test shows it.',
  repo: '/srv/projects/orchard',
  base: sha(),
  branch,
  into: null,
  checks: [{ name: 'test', argv: ['npm', 'test'], source: 'found' as const }],
  setup: { argv: ['npm', 'ci'], lockfile: 'package-lock.json', source: 'found' as const },
  source: 'file' as const,
  plan: hash(),
  model: null,
  localOnly: true,
  budget: null,
  redBefore: 'needed' as const,
  passEnv: [],
  example: false,
});

const call = (callId: string, taskId: string) => ({
  callId,
  taskId,
  provider: 'ollama',
  model: 'qwen2.5-coder:32b',
  role: 'worker' as const,
  box: 'walnut',
  destination: 'walnut.lan:11434',
  outcome: 'ok' as const,
  input: 1200,
  output: 340,
  cached: 90,
  costUsd: 0,
  firstTokenMs: 420,
  totalMs: 15_321,
  tokensPerS: 22.8,
  source: 'live' as const,
  prompt: hash(),
  reply: hash(),
});

const evidence = (author: string): Evidence => ({
  base: sha(),
  head: sha(),
  tree: sha(),
  patch: hash(),
  author,
  setup: { argv: ['npm', 'ci'], lockfile: hash(), cached: true },
  commands: (['base', 'base+tests', 'head'] as const).map((on) => ({
    name: 'test',
    argv: ['npm', 'test'],
    on,
    exit: on === 'head' ? 0 : 1,
    ms: 8123,
    log: hash(),
  })),
  redBefore: 'red',
  greenAfter: true,
  checkedBy: { agent: 'worker-2', host: 'oak' },
  sandbox: 'bwrap',
  at: iso(Date.now()),
});

const iso = (ms: number): string => new Date(ms).toISOString();

let pool = '';
let used = 0;
/** So many random hex digits; asking the kernel for each id would take longer than making the log. */
const digits = (count: number): string => {
  if (used + count > pool.length) {
    pool = randomBytes(65_536).toString('hex');
    used = 0;
  }
  used += count;
  return pool.slice(used - count, used);
};
const hash = () => digits(64);
const sha = () => digits(40);
const uuid = (ms: number): string => {
  const time = ms.toString(16).padStart(12, '0');
  const rest = digits(18);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${rest.slice(0, 3)}-8${rest.slice(3, 6)}-${rest.slice(6)}`;
};
