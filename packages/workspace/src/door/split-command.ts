import { HiveError } from '@hive/errors';
import { parse } from 'shell-quote';

/**
 * Splits a command as a shell would, without running one. A list is taken as it is.
 * Operators, variables and comments need a shell and are refused with `input.invalid`; globs stay literal text.
 */
export const splitCommand = (command: string | readonly string[]): string[] => {
  if (typeof command !== 'string') return nonEmpty([...command], command.join(' '));
  const problem = problemOf(command);
  if (problem) throw refused(command, problem);
  const words = parse(command, (name: string): string => {
    throw refused(command, `it holds the variable $${name}`);
  }).map((entry) => {
    if (typeof entry === 'string') return entry;
    if ('comment' in entry) throw refused(command, 'it holds the comment #' + entry.comment);
    if (entry.op === 'glob' && 'pattern' in entry) return entry.pattern;
    throw refused(command, `it holds the operator ${entry.op}`);
  });
  return nonEmpty(words, command);
};

const nonEmpty = (words: string[], command: string): string[] => {
  if (words[0]) return words;
  throw new HiveError('input.invalid', `The command "${command}" is empty`);
};

const refused = (command: string, because: string) =>
  new HiveError(
    'input.invalid',
    `The command ${JSON.stringify(command)} cannot be split: ${because}. Commands are not run by a shell; put it into a script, or write sh -c '…'`,
    { details: { command } },
  );

/** What shell-quote passes over in silence: quotes that never close, and command substitution. */
const problemOf = (command: string): string | null => {
  let open: string | null = null;
  for (let at = 0; at < command.length; at++) {
    const char = command[at] ?? '';
    if (char === '\\' && open !== "'") at++;
    else if (char === '`' && open !== "'") return 'it holds a backquote';
    else if (open === null && (char === '"' || char === "'")) open = char;
    else if (char === open) open = null;
  }
  return open === null ? null : 'a quote is not closed';
};
