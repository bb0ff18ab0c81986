import { HiveError, beginningOf } from '@hive/errors';
import { repeatedCall } from './repeats.ts';
import {
  badTurns,
  isProse,
  lastProblem,
  timesLeft,
  tokensOf,
  turnsOf,
  turnsWithoutNews,
  type Transcript,
} from './transcript.ts';

/** How far one attempt of a model may go. */
export type Limits = { readonly turns: number; readonly tokens: number };

const mostBadTurns = 3;

/**
 * True of a model that has talked all the time and called no tool by the time at which it would be given up. What a server says of a model (`tools` of
 * /api/show) is true of its template, and not always of the model.
 */
export const knowsNoTools = (transcript: Transcript): boolean => {
  const replies = transcript.filter(({ role }) => role === 'assistant');
  return replies.length >= mostBadTurns && replies.every(isProse);
};
/** After a change a model reads again what it knows and runs the check again; more than this leads nowhere. */
const mostTurnsWithoutNews = 8;
/** Refused so often with a word; the next one ends the task. */
const mostTimesLeft = 2;
const longestMs = 45 * 60_000;

/** Throws when a transcript has come to one of its ends without a change that was handed in. Pure but for what it throws. */
export const assertMayGoOn = (transcript: Transcript, { turns, tokens }: Limits, elapsedMs: number): void => {
  if (timesLeft(transcript) > mostTimesLeft)
    throw new HiveError(
      'paths.outside',
      `The model asked for something outside of its worktree, was refused ${mostTimesLeft} times, and asked again`,
    );
  const bad = badTurns(transcript);
  if (bad >= mostBadTurns)
    throw gaveUp(
      `The model did not call a tool in a way that could be understood ${bad} times in a row. It was told last: ${lastProblem(transcript) ?? 'nothing'}`,
    );
  const repeated = repeatedCall(transcript);
  if (repeated)
    throw gaveUp(
      `The model called ${repeated.call.name} in the same words ${repeated.turns} times and heard the same each time, also after it was told so: ${oneLine(repeated.result)}`,
    );
  if (turnsWithoutNews(transcript) >= mostTurnsWithoutNews)
    throw gaveUp(
      `The model went round in circles: ${mostTurnsWithoutNews} times in a row it called what it had called before`,
    );
  if (turnsOf(transcript) >= turns) throw gaveUp(`The model did not finish within ${turns} turns`);
  const used = tokensOf(transcript);
  if (used >= tokens)
    throw new HiveError('budget.exhausted', `The attempt has used about ${used} tokens, and ${tokens} is its limit`);
  if (elapsedMs >= longestMs)
    throw new HiveError('model.timeout', `The model did not finish within ${longestMs / 60_000} minutes`, {
      remedy: 'retry',
      where: 'other',
    });
};

const oneLine = (text: string): string => beginningOf(text.replace(/\s+/g, ' '), 200);

const gaveUp = (message: string) => new HiveError('model.bad_output', message, { remedy: 'retry', where: 'other' });
