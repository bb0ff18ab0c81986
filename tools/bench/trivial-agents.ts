/** Agents of the real kit whose work is nothing: `node trivial-agents.ts <first> <count>`, in one process, on the database of the environment. */
import { createLogger, defineAgent, startAgent, type StepInHand } from '@hive/agent-kit';
import { loadConfig, readEnv } from '@hive/config';
import { streams, type Evidence, type NewEvent } from '@hive/events';

const [first = 0, count = 1] = process.argv.slice(2).map(Number);

const sha = (digit: string): string => digit.repeat(40);
const patch = 'a'.repeat(64);

const evidenceBy = (agent: string): Evidence => ({
  base: sha('1'),
  head: sha('2'),
  tree: sha('3'),
  patch,
  author: 'tool',
  commands: [],
  redBefore: 'not_needed',
  greenAfter: true,
  checkedBy: { agent, host: 'here' },
  sandbox: 'none',
  at: '2026-01-01T00:00:00.000Z',
});

const taskOf = ({ task }: StepInHand) => {
  if (!task) throw new Error('a step without a task');
  return task;
};

/** A plan is in the goal's place already; a commit is a name. */
const agent = defineAgent<undefined>({
  name: 'worker',
  concurrency: 10,
  steps: {
    plan: ({ workflow }) => {
      const { id } = workflow;
      const { tasks } = JSON.parse(workflow.submission.goal) as { tasks: { id: string; key: string }[] };
      const data = {
        workflowId: id,
        plan: workflow.submission.plan ?? '',
        by: 'plan file',
        tasks: tasks.map((task) => ({ ...task, needs: [] })),
      };
      return Promise.resolve([{ type: 'workflow.plan_generated', stream: streams.workflow(id), data }]);
    },
    work: (step, ctx) => {
      const { id } = taskOf(step);
      const data = {
        taskId: id,
        ...step.mark,
        base: sha('1'),
        commit: sha('2'),
        patch,
        author: 'tool',
        agent: ctx.agent,
      };
      return Promise.resolve([{ type: 'task.submitted', stream: streams.task(id), data }] satisfies NewEvent[]);
    },
    check: (step, ctx) => {
      const { id } = taskOf(step);
      const verdict = { code: null, reason: null, findings: [] };
      const data = { taskId: id, ...step.mark, evidence: evidenceBy(ctx.agent), verdict };
      return Promise.resolve([{ type: 'task.checked', stream: streams.task(id), data }]);
    },
    review: (step, ctx) => {
      const { id } = taskOf(step);
      const reviewer = { agent: ctx.agent, kind: 'rules' as const };
      const data = { taskId: id, ...step.mark, decision: 'approve' as const, reviewer, findings: [], remaining: 0 };
      return Promise.resolve([{ type: 'task.review_completed', stream: streams.task(id), data }]);
    },
    merge: async (step, ctx) => {
      const { id } = taskOf(step);
      const { branch } = step.workflow.submission;
      const { attempt, token } = step.mark;
      const stream = streams.merge(step.workflow.submission.repo, branch);
      const evidence = { ...evidenceBy(ctx.agent), reviewers: [{ agent: ctx.agent, kind: 'rules' as const }] };
      const of = { taskId: id, workflowId: step.workflow.id, branch, attempt, token, evidence };
      await step.note([{ type: 'merge.intended', stream, data: { ...of, from: null, to: sha('4') } }]);
      return [
        { type: 'merge.completed', stream, data: { ...of, commit: sha('4'), into: null } },
        {
          type: 'task.merged',
          stream: streams.task(id),
          data: { taskId: id, ...step.mark, commit: sha('4'), evidence },
        },
      ] satisfies NewEvent[];
    },
  },
});

const config = await loadConfig({ env: readEnv(), cwd: process.cwd(), cloneRoot: null });
const running = await Promise.all(
  Array.from({ length: count }, (_, n) => {
    const name = `worker-${first + n}`;
    const log = createLogger({ agent: name });
    log.level = 'silent';
    return startAgent(agent, { config, name, log });
  }),
);
process.send?.('ready');
process.once('SIGTERM', () => {
  void Promise.all(running.map((it) => it.drain(0))).then(() => process.exit(0));
});
