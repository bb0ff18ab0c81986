import type { StepInHand } from '@hive/agent-kit';
import { beginningOf, type HiveError } from '@hive/errors';
import { isModelAuthor, type Finding } from '@hive/events';
import type { Conflict } from '@hive/workspace';
import type { Change } from './changes.ts';
import type { Refused } from './told.ts';

const longest = 4000;

/** A change that does not fit on the branch any more: its author sees both sides, and a person the command to put it on top by hand. */
export const conflictRefusal = (change: Change, error: HiveError, { workflow }: StepInHand): Refused => {
  const { code, message } = error;
  const { branch } = workflow.submission;
  const byHand = `git rebase --onto ${branch} ${change.base.slice(0, 12)}`;
  const isConflict = code === 'patch.conflict';
  const isModel = isModelAuthor(change.task.author ?? '');
  const reason =
    isConflict && !isModel ? `${message}; put it on top by hand (${byHand}) and hand it in again` : message;
  const first: Finding = { rule: code, message: beginningOf(reason, longest), severity: 'error' };
  return { change, code, reason, findings: [first, ...(isModel ? conflictsIn(error).map(bothSides) : [])] };
};

const conflictsIn = ({ details }: HiveError): readonly Conflict[] =>
  (details as { conflicts?: readonly Conflict[] } | undefined)?.conflicts ?? []; // made by the workspace

const bothSides = ({ file, text }: Conflict): Finding => ({
  rule: 'patch.conflict',
  message: beginningOf(
    `${file}, where <<<<<<< is the branch, ||||||| what the change was made on, and >>>>>>> the change:\n${text}`,
    longest,
  ),
  file,
  severity: 'error',
});
