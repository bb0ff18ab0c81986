import { beginningOf } from '@hive/errors';
import type { HiveEvent } from './catalogue.ts';
import { eventWords, isError } from './event-words.ts';
import { isModelAuthor } from './is-model-author.ts';
import type { Step } from './steps.ts';

/** What a picture of a trace needs of one event: no payload, and words of bounded length. */
export type TraceRow = {
  readonly id: string;
  readonly position: number;
  /** In ms since 1970. */
  readonly at: number;
  readonly causationId: string | null;
  readonly type: string;
  readonly actor: string;
  /** The task that it is about, or the stream for all else. */
  readonly subject: string;
  readonly isTask: boolean;
  readonly step: Step | null;
  /** How long a call to a model took until now, in ms; 0 for what has no length of its own. */
  readonly tookMs: number;
  readonly isError: boolean;
  /** True where the event says that the author of the task is a model. */
  readonly byModel: boolean;
  readonly words: string;
};

/** The steps in the order in which columns number them, from 1. */
export const stepsOfColumns: readonly Step[] = ['plan', 'work', 'check', 'review', 'merge'];

const longestWords = 200;

/** Not cut within a pair of surrogates: half of one is not text. */
const cut = (words: string): string => (words.length <= longestWords ? words : beginningOf(words, longestWords));

const authorOf = (event: HiveEvent): string => {
  if (event.type === 'task.created') return event.data.spec.author ?? '';
  return event.type === 'task.submitted' ? event.data.author : '';
};

/** Events of a newer or older catalogue may not have what their words are made of. */
const wordsOf = (event: HiveEvent): string => {
  try {
    return cut(eventWords(event));
  } catch {
    return '';
  }
};

/** The row of an event; the same for one that was read and one that came live. */
export const traceRow = (event: HiveEvent): TraceRow => {
  // The two fields that tell what an event is about have one meaning wherever they occur.
  const { taskId, step } = event.data as { taskId?: string | null; step?: Step };
  // A newer catalogue may mean something else by them.
  const isTask = typeof taskId === 'string';
  return {
    id: event.id,
    position: event.position,
    at: Date.parse(event.at),
    causationId: event.causationId,
    type: event.type,
    actor: event.actor,
    subject: isTask ? taskId : event.stream,
    isTask,
    step: step ?? null,
    tookMs: event.type === 'model.called' ? (event.data.totalMs ?? 0) : 0,
    isError: isError(event),
    byModel: event.type === 'model.called' || isModelAuthor(authorOf(event)),
    words: wordsOf(event),
  };
};
