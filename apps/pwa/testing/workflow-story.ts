import {
  streams,
  type DataOf,
  type Evidence,
  type Finding,
  type HiveEvent,
  type NewEvent,
  type PlannedTask,
} from '@hive/events';
import { checkOutput, patchText, planText, promptText, replyText } from './artefact-texts.ts';
import { askText } from './ask-story.ts';
import { idOf, shaOf, type Log } from './log.ts';

/** One task of a story: what it is and how it ends. `open` stops in the middle of its checks. */
export type TaskStory = {
  readonly key: string;
  readonly title: string;
  readonly needs?: readonly string[];
  readonly author?: string;
  readonly kind?: 'change' | 'command';
  readonly redBefore?: 'not_needed';
  readonly workMs?: number;
  readonly checkMs?: number;
  readonly end:
    | 'merged'
    | 'completed'
    | 'blocked'
    | 'waiting'
    | 'open'
    | { readonly code: DataOf<'task.refused'>['code']; readonly reason: string; readonly findings?: Finding[] };
  readonly firstFails?: string;
  /** What its change is and what its checks print, where that is not the usual. */
  readonly patch?: string;
  readonly output?: string;
  /** The branch that is deployed from, into which a change that waits is to go, and who alone may agree to it. */
  readonly deploys?: { readonly into: string; readonly approver: string };
};

export type WorkflowStory = {
  readonly goal: string;
  readonly repo: string;
  readonly startedAt: number;
  readonly example?: boolean;
  readonly reviewer?: 'rules' | 'model';
  readonly tasks: readonly TaskStory[];
};

type Ended = { readonly at: number; readonly event: HiveEvent; readonly good: boolean };

const evidenceOf = (
  log: Log,
  task: TaskStory,
  author: string,
  at: number,
  merged: boolean,
  reviewer: WorkflowStory['reviewer'],
): Evidence => {
  const failed = typeof task.end === 'object' && task.end.code === 'checks.red';
  const isNotRed = typeof task.end === 'object' && task.end.code === 'evidence.not_red';
  const ms = task.checkMs ?? 900;
  const run = (on: 'base+tests' | 'head', name: string, argv: string[], exit: number, took: number) => ({
    name,
    argv,
    on,
    exit,
    ms: took,
    log: log.keep(checkOutput(task, { on, name, exit, ms: took })),
  });
  return {
    base: shaOf(`base of ${task.key}`),
    head: shaOf(`head of ${task.key}`),
    tree: shaOf(`tree of ${task.key}`),
    patch: log.keep(patchText(task)),
    author,
    setup: { argv: ['npm', 'ci', '--ignore-scripts'], lockfile: log.keep('{ "lockfileVersion": 3 }\n'), cached: true },
    commands: [
      ...(task.redBefore ? [] : [run('base+tests', 'test', ['npm', 'test'], isNotRed ? 0 : 1, ms - 140)]),
      run('head', 'test', ['npm', 'test'], failed ? 1 : 0, ms),
      run('head', 'lint', ['npx', 'eslint', '.', '--max-warnings', '0'], 0, Math.round(ms * 0.6)),
    ],
    redBefore: isNotRed ? 'not_red' : (task.redBefore ?? 'red'),
    greenAfter: !failed,
    checkedBy: { agent: 'worker-2', host: 'walnut' },
    ...(merged && {
      reviewers: [
        { agent: 'reviewer-1', kind: 'rules' },
        ...(reviewer === 'model' ? [{ agent: 'reviewer-1', kind: 'model' as const, model: 'qwen3-coder:30b' }] : []),
      ],
    }),
    sandbox: 'bwrap',
    at: new Date(at).toISOString(),
  };
};

/** Records a workflow from its submission to where the story stops, as the agents of Hive record it. Answers its id. */
export const tellWorkflow = (log: Log, story: WorkflowStory): string => {
  const workflowId = idOf(`workflow ${story.goal}`, story.startedAt);
  const stream = streams.workflow(workflowId);
  const slug = story.goal
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 24);
  const branch = `hive/${slug}-${workflowId.slice(-8)}`;
  const taskId = (key: string) => idOf(`task ${story.goal} ${key}`, story.startedAt);
  const waiting: { readonly at: number; readonly run: () => void }[] = [];
  const later = (at: number, run: () => void) => waiting.push({ at, run });
  const record = (event: NewEvent, at: number, actor: string, cause: HiveEvent | null) =>
    log.record(event, { actor, at, correlationId: workflowId, cause });

  const specOf = (task: TaskStory): PlannedTask => ({
    id: taskId(task.key),
    key: task.key,
    title: task.title,
    needs: (task.needs ?? []).map(taskId),
    kind: task.kind ?? 'change',
    ...(task.kind === 'command' ? { run: ['node', 'scripts/check-docs.js'] } : { patch: log.keep(patchText(task)) }),
    author: task.author ?? 'human',
    paths: ['src/**', 'test/**'],
    checks: [{ name: 'test', argv: ['npm', 'test'], source: 'given' }],
    redBefore: task.redBefore ?? 'needed',
    capabilities: [],
    priority: 0,
    timeoutS: 600,
  });

  let at = story.startedAt;
  const submitted = record(
    {
      type: 'workflow.submitted',
      stream,
      data: {
        workflowId,
        goal: story.goal,
        repo: story.repo,
        base: shaOf('base'),
        branch,
        into: null,
        checks: [{ name: 'test', argv: ['npm', 'test'], source: 'given' }],
        setup: null,
        source: 'file',
        plan: log.keep(planText(story)),
        model: null,
        localOnly: false,
        budget: null,
        redBefore: 'needed',
        passEnv: [],
        example: story.example ?? false,
      },
    },
    at,
    'cli/5f3a91c2',
    null,
  );
  const assigned = record(
    {
      type: 'task.assigned',
      stream,
      data: {
        taskId: null,
        step: 'plan',
        attempt: 1,
        stepId: idOf('plan'),
        agent: null,
        because: 'anyone who can plan',
      },
    },
    (at += 14),
    'orchestrator',
    submitted,
  );
  const claimed = record(
    {
      type: 'task.claimed',
      stream,
      data: {
        taskId: null,
        step: 'plan',
        attempt: 1,
        token: 1,
        agent: 'planner-1',
        leaseUntil: new Date(at + 30_000).toISOString(),
      },
    },
    (at += 22),
    'planner-1',
    assigned,
  );
  const planned = record(
    {
      type: 'workflow.plan_generated',
      stream,
      data: {
        workflowId,
        plan: log.keep(planText(story)),
        by: 'plan file',
        tasks: story.tasks.map((task) => ({
          id: taskId(task.key),
          key: task.key,
          needs: (task.needs ?? []).map(taskId),
        })),
      },
    },
    (at += 61),
    'planner-1',
    claimed,
  );
  const started = record(
    { type: 'workflow.started', stream, data: { workflowId, tasks: story.tasks.length } },
    (at += 18),
    'orchestrator',
    planned,
  );

  const ended = new Map<string, Ended>();
  for (const task of story.tasks)
    record(
      {
        type: 'task.created',
        stream: streams.task(taskId(task.key)),
        data: { taskId: taskId(task.key), workflowId, spec: specOf(task) },
      },
      (at += 2),
      'orchestrator',
      started,
    );

  const settle = (task: TaskStory, end: Ended) => {
    ended.set(task.key, end);
    for (const other of story.tasks) {
      if (!other.needs?.includes(task.key) || ended.has(other.key)) continue;
      if (!end.good) {
        const blocked = record(
          {
            type: 'task.blocked',
            stream: streams.task(taskId(other.key)),
            data: {
              taskId: taskId(other.key),
              code: 'need.failed',
              reason: `${task.key} was not merged`,
              by: taskId(task.key),
            },
          },
          end.at + 6,
          'orchestrator',
          end.event,
        );
        later(end.at + 7, () => settle(other, { at: end.at + 7, event: blocked, good: false }));
      } else if (other.needs.every((need) => ended.get(need)?.good))
        later(end.at + 9, () => work(other, end.at + 9, end.event));
    }
  };

  const work = (task: TaskStory, from: number, cause: HiveEvent) => {
    const id = taskId(task.key);
    const of = streams.task(id);
    const author = task.author ?? 'human';
    const isModel = author.includes(':');
    let now = from;
    let token = 0;
    let last = record({ type: 'task.ready', stream: of, data: { taskId: id } }, now, 'orchestrator', cause);
    const claim = (step: 'work' | 'check' | 'review' | 'merge', agent: string, attempt = 1) => {
      last = record(
        {
          type: 'task.assigned',
          stream: of,
          data: {
            taskId: id,
            step,
            attempt,
            stepId: idOf(`${id} ${step} ${attempt}`),
            agent: null,
            because: 'two workers are idle',
          },
        },
        (now += 8),
        'orchestrator',
        last,
      );
      last = record(
        {
          type: 'task.claimed',
          stream: of,
          data: {
            taskId: id,
            step,
            attempt,
            token: (token += 1),
            agent,
            leaseUntil: new Date(now + 30_000).toISOString(),
          },
        },
        (now += 24),
        agent,
        last,
      );
      return { step, attempt, token };
    };
    const steps: (() => boolean)[] = [
      () => {
        let under = claim('work', 'worker-1');
        if (task.firstFails !== undefined) {
          last = record(
            {
              type: 'task.attempt_failed',
              stream: of,
              data: {
                taskId: id,
                ...under,
                code: 'model.bad_output',
                reason: task.firstFails,
                final: false,
                retryAt: new Date(now + 4000).toISOString(),
              },
            },
            (now += 3100),
            'worker-1',
            last,
          );
          now += 900;
          under = claim('work', 'worker-1', 2);
        }
        const ms = task.workMs ?? (isModel ? 5200 : 180);
        if (isModel)
          record(
            {
              type: 'model.called',
              stream: streams.call(idOf(`call ${id}`, now)),
              data: {
                callId: idOf(`call ${id}`, now),
                taskId: id,
                provider: author.split(':')[0] ?? '',
                model: 'qwen3-coder:30b',
                role: 'worker',
                box: 'walnut',
                destination: 'walnut.local:11434',
                outcome: 'ok',
                input: 6120,
                output: 840,
                cached: 4100,
                costUsd: 0,
                firstTokenMs: 410,
                totalMs: ms - 300,
                tokensPerS: 71.4,
                source: 'live',
                prompt: log.keep(promptText(task)),
                reply: log.keep(replyText(task)),
              },
            },
            now + ms - 100,
            'worker-1',
            last,
          );
        now += ms;
        if (task.end === 'completed') {
          last = record(
            {
              type: 'task.completed',
              stream: of,
              data: {
                taskId: id,
                ...under,
                evidence: evidenceOf(log, { ...task, redBefore: 'not_needed' }, author, now, true, 'rules'),
              },
            },
            now,
            'worker-1',
            last,
          );
          settle(task, { at: now, event: last, good: true });
          return false;
        }
        if (typeof task.end === 'object' && task.end.code === 'rescues.exhausted') {
          last = record(
            {
              type: 'task.dead_lettered',
              stream: of,
              data: { taskId: id, code: task.end.code, reason: task.end.reason, findings: [] },
            },
            now,
            'orchestrator',
            last,
          );
          settle(task, { at: now, event: last, good: false });
          return false;
        }
        if (typeof task.end === 'object' && task.end.code.startsWith('paths.')) {
          last = record(
            { type: 'task.refused', stream: of, data: { taskId: id, ...under, ...task.end } },
            now,
            'worker-1',
            last,
          );
          settle(task, { at: now, event: last, good: false });
          return false;
        }
        last = record(
          {
            type: 'task.submitted',
            stream: of,
            data: {
              taskId: id,
              ...under,
              base: shaOf(`base of ${task.key}`),
              commit: shaOf(`head of ${task.key}`),
              patch: log.keep(patchText(task)),
              author,
              agent: 'worker-1',
            },
          },
          now,
          'worker-1',
          last,
        );
        return true;
      },
      () => {
        const under = claim('check', 'worker-2');
        if (task.end === 'open') return false;
        now += 2 * (task.checkMs ?? 900) + 120;
        const refusal = typeof task.end === 'object' ? task.end : null;
        const verdict = refusal
          ? { code: refusal.code, reason: refusal.reason, findings: refusal.findings ?? [] }
          : { code: null, reason: null, findings: [] };
        last = record(
          {
            type: 'task.checked',
            stream: of,
            data: {
              taskId: id,
              ...under,
              evidence: evidenceOf(log, task, author, now, false, story.reviewer),
              verdict,
            },
          },
          now,
          'worker-2',
          last,
        );
        if (!refusal) return true;
        last = record(
          {
            type: 'task.refused',
            stream: of,
            data: { taskId: id, code: refusal.code, reason: refusal.reason, findings: refusal.findings ?? [] },
          },
          (now += 12),
          'orchestrator',
          last,
        );
        settle(task, { at: now, event: last, good: false });
        return false;
      },
      () => {
        const under = claim('review', 'reviewer-1');
        const byModel = story.reviewer === 'model';
        now += byModel ? 2400 : 35;
        last = record(
          {
            type: 'task.review_completed',
            stream: of,
            data: {
              taskId: id,
              ...under,
              decision: task.end === 'waiting' ? 'escalate' : 'approve',
              reviewer: byModel
                ? { agent: 'reviewer-1', kind: 'model', model: 'qwen3-coder:30b' }
                : { agent: 'reviewer-1', kind: 'rules' },
              findings: [],
              remaining: 0,
            },
          },
          now,
          'reviewer-1',
          last,
        );
        if (task.end !== 'waiting') return true;
        const reason = 'The change removes a public function. Should it go?';
        last = record(
          { type: 'task.escalated', stream: of, data: { taskId: id, reason } },
          (now += 5),
          'reviewer-1',
          last,
        );
        const evidence = evidenceOf(log, task, author, now, false, story.reviewer);
        const about = { taskId: id, workflowId, branch, repo: story.repo, author, title: task.title, reason };
        const { text, shown } = askText({
          ...{ ...about, patch: evidence.patch, evidence },
          ...(task.deploys && { deploys: task.deploys.into }),
        });
        const approvalId = idOf(`approval of ${id}`);
        record(
          {
            type: 'approval.requested',
            stream: streams.approval(approvalId),
            data: {
              ...{ approvalId, actionHash: log.keep(text), taskId: id, workflowId, proposer: 'worker/worker-1' },
              ...{ action: shown.action, kind: 'merge', tier: shown.tier, patch: evidence.patch },
              expiresAt: new Date(now + 30 * 86_400_000).toISOString(),
            },
          },
          (now += 4),
          'orchestrator',
          last,
        );
        if (task.deploys)
          record(
            {
              type: 'approval.assigned',
              stream: streams.approval(approvalId),
              data: { approvalId, actionHash: log.keep(text), to: task.deploys.approver },
            },
            (now += 1),
            'orchestrator',
            last,
          );
        return false;
      },
      () => {
        const under = claim('merge', 'reviewer-1');
        const evidence = evidenceOf(log, task, author, now, true, story.reviewer);
        const onto = streams.merge('almanac', branch);
        const about = { taskId: id, workflowId, branch, attempt: 1, token: under.token };
        const intended = record(
          {
            type: 'merge.intended',
            stream: onto,
            data: { ...about, from: shaOf('base'), to: shaOf(`merge of ${task.key}`), evidence },
          },
          (now += 20),
          'reviewer-1',
          last,
        );
        const completed = record(
          {
            type: 'merge.completed',
            stream: onto,
            data: { ...about, commit: shaOf(`merge of ${task.key}`), evidence, into: null },
          },
          (now += 31),
          'reviewer-1',
          intended,
        );
        last = record(
          {
            type: 'task.merged',
            stream: of,
            data: { taskId: id, ...under, commit: shaOf(`merge of ${task.key}`), evidence },
          },
          (now += 3),
          'reviewer-1',
          completed,
        );
        settle(task, { at: now, event: last, good: true });
        return false;
      },
    ];
    const next = () => {
      if (steps.shift()?.()) later(now, next);
    };
    next();
  };

  for (const task of story.tasks) if ((task.needs ?? []).length === 0) later((at += 5), () => work(task, at, started));
  // Whatever happens at the same time is told in order of time, so that tasks run side by side as they do.
  for (let next = earliest(waiting); next; next = earliest(waiting)) next.run();

  if (ended.size === story.tasks.length) {
    const last = [...ended.values()].reduce((a, b) => (a.at > b.at ? a : b));
    const good = [...ended.values()].filter(({ good }) => good).length;
    const merged = story.tasks.filter((task) => task.end === 'merged').length;
    const bad = story.tasks.length - good;
    const usage = { input: 0, output: 0, cached: 0, costUsd: 0, calls: 0 };
    record(
      bad === 0
        ? { type: 'workflow.completed', stream, data: { workflowId, merged, usage } }
        : {
            type: 'workflow.failed',
            stream,
            data: {
              workflowId,
              code: null,
              reason: `${bad} of ${story.tasks.length} tasks did not get in`,
              merged,
              refused: bad,
              waiting: 0,
              usage,
            },
          },
      last.at + 15,
      'orchestrator',
      last.event,
    );
  }
  return workflowId;
};

const earliest = (list: { readonly at: number; readonly run: () => void }[]) => {
  const first = list.reduce<(typeof list)[number] | undefined>((a, b) => (a && a.at <= b.at ? a : b), undefined);
  if (first) list.splice(list.indexOf(first), 1);
  return first;
};
