import { HiveError } from '@hive/errors';

/** More characters than any token has, and room for short answers. */
const charactersPerToken = 128;
const roomAnyway = 65_536;

/** Counts what an answer says, and throws `model.bad_output` for one that cannot be of `maxTokens` tokens: a server that never ends must not fill the memory. */
export const limitOutput = (maxTokens: number, destination: string): ((text: string) => void) => {
  let left = maxTokens * charactersPerToken + roomAnyway;
  return (text) => {
    left -= text.length;
    if (left >= 0) return;
    throw new HiveError(
      'model.bad_output',
      `${destination} went on and on, far beyond the ${maxTokens} tokens of this call`,
      {
        remedy: 'retry',
        where: 'other',
        details: { destination, maxTokens },
      },
    );
  };
};
