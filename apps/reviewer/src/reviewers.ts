import type { Context } from '@hive/agent-kit';
import { isModelAuthor, type Submission, type TaskView } from '@hive/events';
import { keyedModel, parseModelRef } from '@hive/llm';

type Models = Context['config']['models'];

/**
 * The models that may review a change, in the order of hive.yaml: all but the one that wrote it. Of a double it is not known which model it stood in for,
 * so all that may have been the author count as it. Pure.
 */
export const reviewersOf = (
  task: Pick<TaskView, 'author' | 'spec'>,
  submission: Pick<Submission, 'model'>,
  models: Pick<Models, 'worker' | 'reviewer'>,
): readonly string[] => {
  const wanted = task.spec.model ?? submission.model;
  const perhaps = wanted === null ? models.worker : [wanted];
  const author = task.author ?? '';
  const authors = author.startsWith('double:') ? perhaps : isModelAuthor(author) ? [author] : [];
  const written = new Set(authors.map(modelOf));
  return [...new Set(models.reviewer)].filter((ref) => !written.has(modelOf(ref)));
};

/** The same model on another box is the same model. */
const modelOf = (ref: string): string => keyedModel(parseModelRef(ref));
