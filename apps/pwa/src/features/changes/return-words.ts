import { isModelAuthor, type TaskResult } from '@hive/events';
import { visibleLine } from '../../ui/visible-text.ts';

/** What can be done about a task by a person who has a word for its author, or why nothing can. */
export type Returning =
  | {
      readonly possible: true;
      /** The verb, as it stands on the button. */
      readonly action: string;
      /** The event that says that it was done. */
      readonly event: 'task.returned' | 'task.redriven';
      readonly follows: string;
    }
  | { readonly possible: false; readonly why: string };

const settledBadly: readonly TaskResult['status'][] = ['refused', 'failed', 'infra', 'blocked', 'cancelled'];

const whose = (author: string): string =>
  author === 'human' ? 'a person' : author === 'oracle' ? 'a stored patch of the example' : 'a command';

/** Whether a task can be sent back to its author with a note. Only models read notes: the others would do the very same again. */
export const returningOf = ({ status, author }: Pick<TaskResult, 'status' | 'author'>): Returning => {
  if (status === 'merged' || status === 'completed')
    return { possible: false, why: `It is ${status}. What is wrong with it is a new piece of work.` };
  if (author !== null && !isModelAuthor(author))
    return {
      possible: false,
      why: `Its author is ${whose(author)}, so nobody would read a note: it would come back as it is. Hand in a corrected change instead.`,
    };
  const heard = `${visibleLine(author ?? 'The next author')} tries again and reads the note.`;
  if (status === 'waiting')
    return {
      possible: true,
      action: 'Return with this note',
      event: 'task.returned',
      follows: `${heard} What you see here is not merged, and you are asked again about the next change.`,
    };
  if (settledBadly.includes(status))
    return {
      possible: true,
      action: 'Retry with this note',
      event: 'task.redriven',
      follows: `${heard} The task begins anew, from the present tip of its branch, with all its attempts.`,
    };
  if (status === 'reviewed')
    return {
      possible: true,
      action: 'Return with this note',
      event: 'task.returned',
      follows: `${heard} It is approved and queued for its merge, and is taken out of the queue unless that has begun.`,
    };
  return {
    possible: false,
    why: `It is ${status} and still on its way. It can be returned once it is approved or waits for you, and retried when it has ended badly.`,
  };
};
