import type { PushCommand } from '@hive/workspace';
import type { RefOutcome } from './push-answer.ts';

/** The names that a branch is pushed to: what stands behind it is the branch that it shall be merged for. */
export const handInPrefix = 'refs/for/';

/** Each is a workflow of its own. */
const maxBranches = 10;

/** Which of the refs of a push are handed in, and why the others are not. */
export const sortCommands = (
  commands: readonly PushCommand[],
): { readonly taken: readonly PushCommand[]; readonly refused: readonly RefOutcome[] } => {
  const sorted = commands.map((command, index) => ({ command, why: whyNot(command, commands, index) }));
  return {
    taken: sorted.filter(({ why }) => why === null).map(({ command }) => command),
    refused: sorted.flatMap(({ command, why }) => (why === null ? [] : [{ ref: command.ref, refused: why }])),
  };
};

const whyNot = ({ ref, to }: PushCommand, all: readonly PushCommand[], index: number): string | null => {
  if (/^0+$/.test(to)) return 'Nothing can be deleted here';
  const branch = ref.startsWith(handInPrefix) ? ref.slice(handInPrefix.length) : '';
  if (branch === '') return `Hive takes changes only: push to ${handInPrefix}<branch>, as in HEAD:${handInPrefix}main`;
  if (!/^[^\s\p{C}~^:?*[\\]{1,200}$/u.test(branch)) return 'This is no name of a branch';
  if (all.findIndex((other) => other.ref === ref) !== index) return 'It is pushed twice';
  return index < maxBranches ? null : `At most ${maxBranches} branches are taken at once`;
};
