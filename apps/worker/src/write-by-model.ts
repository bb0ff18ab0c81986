import { askModel, failingTranscript, type Context, type StepInHand, type Wanted } from '@hive/agent-kit';
import { HiveError, isHiveError, type Code } from '@hive/errors';
import type { TaskView } from '@hive/events';
import { readTexts, writeTexts, type Worktree } from '@hive/workspace';
import { authorPrompt, changeToEdits, ModelChange } from './model-author.ts';
import { saidOf } from './what-was-said.ts';

/** What fits into the context of a small local model beside its answer. */
const maxTextBytes = 24 * 1024;

/** Who wrote what is in the worktree now. `asks` is what they want to know first; then nothing is handed in. */
export type Written = { readonly author: string; readonly asks?: string };

/**
 * Puts a model's change, asked for in one question, into the worktree: for models that know no tools, which is recorded with the reason `atOnce`. Nothing leaves the worktree.
 */
export const writeAtOnce = async (
  { wanted, atOnce }: { readonly wanted: Wanted; readonly atOnce: string },
  { step, task, worktree }: { readonly step: StepInHand; readonly task: TaskView; readonly worktree: Worktree },
  ctx: Context,
): Promise<Written> => {
  const { submission } = step.workflow;
  const request = authorPrompt({
    repo: submission.repo,
    goal: submission.goal,
    task: {
      title: task.spec.title,
      ...(task.spec.instructions !== undefined && { instructions: task.spec.instructions }),
      ...(task.spec.paths && { paths: task.spec.paths }),
    },
    files: await readTexts(worktree.dir, { globs: task.spec.paths, maxBytes: maxTextBytes }),
    before: await failingTranscript(wanted, step, ctx),
    said: saidOf(task),
  });
  const { value, author } = await askModel({ wanted, atOnce, name: 'change', schema: ModelChange, request }, step, ctx);
  const edits = changeToEdits(value);
  try {
    if ('patch' in edits) await worktree.apply(Buffer.from(edits.patch));
    else await writeTexts(worktree.dir, edits.writes);
  } catch (error) {
    // Nobody else has changed the files that the model has just seen: what does not fit them is a bad answer.
    if (!isHiveError(error) || !unfit.has(error.code)) throw error;
    throw new HiveError('model.bad_output', `The change of ${author} cannot be used: ${error.message}`, {
      remedy: 'retry',
      where: 'other',
      cause: error,
    });
  }
  return { author };
};

const unfit: ReadonlySet<Code> = new Set<Code>(['patch.conflict', 'patch.malformed', 'patch.empty', 'input.invalid']);
