import { HiveError } from '@hive/errors';
import { badTurns, lastProblem, timesLeft, tokensOf, turnsOf, type Transcript } from './transcript.ts';

/** How far one attempt of a model may go. */
export type Limits = { readonly turns: number; readonly tokens: number };

const mostBadTurns = 3;
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

const gaveUp = (message: string) => new HiveError('model.bad_output', message, { remedy: 'retry', where: 'other' });
