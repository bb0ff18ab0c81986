import { HiveError } from '@hive/errors';
import type { OptionSpec } from '../command.ts';

/** `--last`, for commands that take the id of a workflow. */
export const lastOption: OptionSpec = { flags: '--last', says: 'the newest workflow' };

/** What commands with `--last` are given. */
export type LastOption = { readonly last?: boolean };

/** The id of a workflow as it was given: one of the two, and not both. */
export const workflowId = (id: string | undefined, { last }: LastOption): string => {
  if (id !== undefined && last) throw new HiveError('input.invalid', `Give an id or --last, not both (${id})`);
  if (id === undefined && !last)
    throw new HiveError(
      'input.invalid',
      'Say which workflow: its id (hive ls shows them all), or --last for the newest',
    );
  return id ?? 'last';
};
