import { shellWord, shortId, type Evidence } from '@hive/events';

/** A command to copy, and what it does. */
export type RecheckCommand = { readonly says: string; readonly command: string };

/** What is to be checked again: a merged commit by its id, else the change that a task has. */
export type Rechecked = { readonly task: string; readonly commit: string | null; readonly repo: string };

const line = (argv: readonly string[]): string => argv.map(shellWord).join(' ');

/**
 * How somebody else comes to the same result: with Hive, which repeats what was recorded and compares, and with nothing but git and the commands
 * themselves. Words of a repository are quoted, so that what is copied is run as it was recorded.
 */
export const recheckCommands = (
  { commands, setup }: Pick<Evidence, 'commands' | 'setup'>,
  { task, commit, repo }: Rechecked,
): readonly RecheckCommand[] => {
  if (commit === null)
    return [{ says: 'What the log says of it, with every run', command: `hive why ${shortId(task)}` }];
  const short = commit.slice(0, 12);
  const onHead = [...new Set(commands.filter(({ on }) => on === 'head').map(({ argv }) => line(argv)))];
  const steps = [...(setup === undefined ? [] : [line(setup.argv)]), ...onHead];
  const place = `../recheck-${short}`;
  return [
    { says: 'Repeat the checks and compare with the record', command: `hive recheck ${short}` },
    {
      says: 'Check the downloaded statement too, with the public key that you were given',
      command: `hive recheck --statement ${statementName(commit)} --public-key KEY.pem`,
    },
    {
      says: 'Without Hive, by hand',
      command: [
        `git -C ${shellWord(repo)} worktree add --detach ${place} ${short}`,
        `cd ${shellWord(repo)}/${place}`,
        ...steps,
      ].join(' && '),
    },
    {
      says: 'The record that travels with the commit',
      command: `git -C ${shellWord(repo)} notes --ref hive show ${short}`,
    },
  ];
};

/** What the file of a signed statement is called. */
export const statementName = (commit: string): string => `hive-evidence-${commit.slice(0, 12)}.json`;
