import { abilitiesOf, lastTurn, type Context, type StepInHand, type Wanted } from '@hive/agent-kit';
import type { TaskView } from '@hive/events';
import type { Worktree } from '@hive/workspace';
import { baseOf } from './tool-loop/author-prompt.ts';
import { withReply } from './tool-loop/transcript.ts';
import { writeWithTools, type TakenUp } from './tool-loop/write-with-tools.ts';
import { writeAtOnce, type Written } from './write-by-model.ts';

/** A model that is to write a change. `base` is the commit that an interrupted attempt stood on, which goes on there; else null. */
export type Author = {
  readonly base: string | null;
  /** Makes the change in the worktree; nothing leaves it. */
  write(worktree: Worktree): Promise<Written>;
};

/** What small local models can read and write at once, where a server does not say. */
const safeContextTokens = 16_384;

/** Finds out who writes the change of a task and how: by tools, turn after turn, or at once where the model knows none. Throws `model.*`. */
export const beginAuthor = async (step: StepInHand, task: TaskView, ctx: Context): Promise<Author> => {
  const { submission } = step.workflow;
  const wanted: Wanted = {
    role: 'worker',
    ref: task.spec.model ?? submission.model,
    localOnly: submission.localOnly,
  };
  const { lacksTools, contextTokens } = await abilitiesOf(wanted, step, ctx);
  const takenUp = lacksTools === null ? await interrupted(step, ctx) : null;
  return {
    base: takenUp ? baseOf(takenUp.transcript[0]) : null,
    write: (worktree) => {
      const at = { step, task, worktree };
      if (lacksTools !== null) return writeAtOnce({ wanted, atOnce: lacksTools }, at, ctx);
      return writeWithTools({ wanted, contextTokens: contextTokens ?? safeContextTokens, takenUp }, at, ctx);
    },
  };
};

/** The conversation that a process left behind which died in the middle of it. */
const interrupted = async (step: StepInHand, ctx: Context): Promise<TakenUp | null> => {
  const last = await lastTurn('worker', step, ctx);
  if (last === null || baseOf(last.request.messages[0]) === null) return null;
  return { transcript: withReply(last.request.messages, last.done), author: last.author, served: last.served };
};
