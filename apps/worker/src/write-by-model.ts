import { askModel, findModel, type Context, type StepInHand } from '@hive/agent-kit';
import type { TaskView } from '@hive/events';
import { readTexts, writeTexts, type Worktree } from '@hive/workspace';
import { authorPrompt, changeToEdits, ModelChange } from './model-author.ts';

/** What fits into the context of a small local model beside its answer. */
const maxTextBytes = 24 * 1024;

/** Asks a model for the change and puts it into the worktree; answers the author. Nothing leaves the worktree. */
export const writeByModel = async (
  step: StepInHand,
  task: TaskView,
  worktree: Worktree,
  ctx: Context,
): Promise<string> => {
  const { submission } = step.workflow;
  const model = await findModel(ctx.config, {
    role: 'worker',
    ref: task.spec.model ?? submission.model,
    localOnly: submission.localOnly,
  });
  const request = authorPrompt({
    goal: submission.goal,
    task: {
      title: task.spec.title,
      ...(task.spec.instructions !== undefined && { instructions: task.spec.instructions }),
      ...(task.spec.paths && { paths: task.spec.paths }),
    },
    files: await readTexts(worktree.dir, { globs: task.spec.paths, maxBytes: maxTextBytes }),
    findings: [...task.findings.map((finding) => finding.message), ...(task.note === null ? [] : [task.note])],
  });
  const { value, author } = await askModel({ role: 'worker', model, name: 'change', schema: ModelChange, request }, step, ctx);
  const edits = changeToEdits(value);
  if ('patch' in edits) await worktree.apply(Buffer.from(edits.patch));
  else await writeTexts(worktree.dir, edits.writes);
  return author;
};
