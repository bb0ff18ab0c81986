import { proveChange, reachHosts, type Context, type StepInHand } from '@hive/agent-kit';
import { HiveError, isHiveError, outcomeOf, type Code, beginningOf } from '@hive/errors';
import { shortId, streams, type NewEvent, type PlannedTask, type TaskView } from '@hive/events';
import { outsideOf, wantsAfter, wantsOf, type AgreedHosts, type Workspace, type Worktree } from '@hive/workspace';
import { beginAuthor, type Author } from './author.ts';
import type { Written } from './write-by-model.ts';

type OwnContext = Context & { readonly own: Workspace };

/** Makes the change of a task on the tip of its workflow's branch. */
export const work = (step: StepInHand, ctx: OwnContext): Promise<readonly NewEvent[]> =>
  reachHosts(step, ctx, (hosts) => workWith(step, hosts, ctx));

const workWith = async (
  step: StepInHand,
  hosts: AgreedHosts | undefined,
  ctx: OwnContext,
): Promise<readonly NewEvent[]> => {
  const { task, workflow } = step;
  if (!task) throw new Error('a step `work` without a task');
  const { submission } = workflow;
  const model =
    task.spec.run === undefined && task.spec.patch === undefined ? await beginAuthor(step, task, ctx) : null;
  // What is taken up again goes on from where it began; whatever was merged since is met at the merge.
  const base = model?.base ?? (await ctx.own.tip(submission.repo, submission.branch)) ?? submission.base;
  const worktree = await ctx.own.open({
    repo: submission.repo,
    base,
    // A stored patch needs no dependencies to be applied; commands and models may.
    setup: task.spec.patch === undefined ? submission.setup : null,
    modelAuthored: model !== null,
    passEnv: submission.passEnv,
    hosts,
    signal: step.signal,
  });
  try {
    const { author, asks } = await write(step, task, { worktree, model, hosts }, ctx);
    const events =
      asks === undefined
        ? await handIn(step, task, author, base, worktree, ctx)
        : [escalated(step, task, author, asks)];
    if (events.some((event) => event.type === 'task.refused' || event.type === 'task.escalated'))
      await worktree.keep(task.id);
    return events;
  } catch (error) {
    if (!isHiveError(error) || error.code === 'lease.lost' || wantsOf(error)) throw error;
    const outcome = outcomeOf(error.code);
    // What the environment did says nothing about the work, and may be that the disk is full.
    if (outcome !== 'infra' && !step.signal.aborted) await worktree.keep(task.id);
    if (outcome !== 'refused') throw error;
    return [refused(step, task, error.code, error.message)];
  } finally {
    await worktree.remove();
  }
};

/** Puts the change into the worktree. */
const write = async (
  step: StepInHand,
  task: TaskView,
  {
    worktree,
    model,
    hosts,
  }: { readonly worktree: Worktree; readonly model: Author | null; readonly hosts: AgreedHosts | undefined },
  ctx: OwnContext,
): Promise<Written> => {
  const { spec } = task;
  if (spec.patch !== undefined) {
    await worktree.apply(await ctx.artefacts.get(spec.patch));
    return { author: spec.author ?? 'human' };
  }
  if (model !== null) return model.write(worktree);
  if (spec.run === undefined) throw new Error('a task that nobody can do');
  const ran = await worktree.run(spec.run, { timeoutMs: spec.timeoutS * 1000, signal: step.signal });
  step.signal.throwIfAborted();
  if (ran.infra)
    throw new HiveError(ran.infra, ran.reason ?? 'The command could not run', { remedy: 'retry', where: 'other' });
  if (ran.exit !== 0) {
    const wants = wantsAfter('checks', [ran], hosts);
    throw new HiveError('run.failed', `${spec.run.join(' ')} ended with ${ran.exit}: ${lastLine(ran.tail)}`, {
      ...(wants && { details: { wants } }),
    });
  }
  return { author: 'tool' };
};

const handIn = async (
  step: StepInHand,
  task: TaskView,
  author: string,
  base: string,
  worktree: Worktree,
  ctx: OwnContext,
): Promise<readonly NewEvent[]> => {
  const outside = task.spec.paths ? outsideOf(await worktree.changedPaths(), task.spec.paths) : [];
  if (outside.length > 0) {
    const reason = `touches ${outside.slice(0, 3).join(', ')}, declared ${task.spec.paths?.join(', ') ?? ''}`;
    return [refused(step, task, 'paths.outside', reason)];
  }
  const made = await worktree.commit({
    subject: task.spec.title,
    trailers: { 'Hive-Author': author, 'Hive-Task': task.id, 'Hive-Correlation-Id': step.workflow.id },
  });
  if (made === null) return withoutDiff(step, task, author, base, ctx);
  return [
    {
      type: 'task.submitted',
      stream: streams.task(task.id),
      data: {
        taskId: task.id,
        ...step.mark,
        base,
        commit: made.commit,
        patch: await ctx.artefacts.put(made.patch),
        author,
        agent: ctx.agent,
      },
    },
  ];
};

/** A command may leave no diff: then its checks must be green where it stands. A change must not. */
const withoutDiff = async (
  step: StepInHand,
  task: TaskView,
  author: string,
  base: string,
  ctx: OwnContext,
): Promise<readonly NewEvent[]> => {
  if (author.includes(':'))
    throw new HiveError('model.bad_output', `The change of ${author} leaves everything as it was`, {
      remedy: 'retry',
      where: 'other',
    });
  if (task.spec.kind === 'change')
    return [refused(step, task, 'patch.empty', `${nameOf(task.spec)} leaves everything as it was`)];
  const proof = await proveChange(step, { base, head: base, author, redBefore: 'not_needed' }, ctx);
  if (proof.code !== null) return [refused(step, task, proof.code, proof.reason ?? proof.code)];
  return [
    {
      type: 'task.completed',
      stream: streams.task(task.id),
      data: { taskId: task.id, ...step.mark, evidence: proof.evidence },
    },
  ];
};

const refused = (step: StepInHand, task: TaskView, code: Code, reason: string): NewEvent => ({
  type: 'task.refused',
  stream: streams.task(task.id),
  data: { taskId: task.id, ...step.mark, code, reason: beginningOf(reason, 4000) },
});

/** The author cannot go on without a person; their note reaches its next attempt. */
const escalated = (step: StepInHand, task: TaskView, author: string, question: string): NewEvent => ({
  type: 'task.escalated',
  stream: streams.task(task.id),
  data: { taskId: task.id, ...step.mark, reason: beginningOf(`${author} asks: ${question}`, 4000) },
});

const nameOf = (spec: PlannedTask): string => `${spec.key} (${shortId(spec.id)})`;

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? '';
