import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { HiveError } from '@hive/errors';
import { defineCommand } from '../command.ts';
import { localStore } from '../desk/local-store.ts';
import { bytes } from '../terminal/figures.ts';
import { leftOut } from '../terminal/left-out.ts';
import { whileWaiting } from '../terminal/while-waiting.ts';

export const backup = defineCommand({
  name: 'backup',
  args: [['<file>', 'the file to make; its folder must be there']],
  says: 'Copy the store, artefacts included, into one file, also while Hive runs',
  examples: ['hive backup ~/hive-2026-11-21.jsonl.gz', 'hive backup --json /mnt/usb/hive.jsonl.gz'],
  run: async (cli, [name = '']) => {
    const { out } = cli;
    const config = await cli.config();
    const store = localStore(config, 'hive backup');
    const file = resolve(cli.cwd, name);
    assertOutsideOfRepositories(file, config.home);
    const { backupStore } = await import('../desk/store-files.ts');
    const made = await whileWaiting(out, 'copying the store', backupStore(store, { file, version: cli.version }));
    out.document(made);
    out.line(
      `${file}: ${made.rows['event'] ?? 0} events and ${made.artefacts} artefacts of ${made.at}, ${bytes(made.bytes)}`,
      `content ${made.content}`,
      'hive restore FILE puts it into an empty HIVE_HOME or database. hive.yaml and the keys are not part of it.',
    );
    if (made.damaged.length === 0) return 0;
    out.note(`${leftOut(made.damaged)}; hive verify names who needs them, an earlier backup may hold them`);
    return 1;
  },
});

/** A backup holds prompts and paths of its owner; in a repository it would be one `git add` away from everybody. */
const assertOutsideOfRepositories = (file: string, home: string): void => {
  if (file.startsWith(join(home, '/'))) return;
  for (let folder = dirname(file); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git')))
      throw new HiveError('input.invalid', `${file} would lie in the repository ${folder}; name a file outside of it`);
    if (folder === dirname(folder)) return;
  }
};
