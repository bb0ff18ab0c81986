import { HiveError } from '@hive/errors';
import { decide } from '../approvals/decide.ts';
import { defineCommand } from '../command.ts';

export const deny = defineCommand<{ readonly reason?: string; readonly hash?: string; readonly yes?: boolean }>({
  name: 'deny',
  args: [['<id>', 'the id of an approval, or of the task or workflow that waits for it']],
  says: 'Refuse what waits for a person; its task ends with the reason',
  options: [
    { flags: '--reason <text>', says: 'why; told to everybody who looks at the task' },
    { flags: '--hash <hash>', says: 'refuse only if it is still about this action' },
    { flags: '-y, --yes', says: 'do not ask again on a terminal' },
  ],
  examples: [
    'hive deny 1a2b3c4d --reason "We do not want this dependency"',
    'hive deny 1a2b3c4d --reason "Too large" --yes',
  ],
  run: (cli, [id = ''], { reason, hash, yes = false }) => {
    if (reason === undefined || reason.trim() === '')
      throw new HiveError('input.invalid', 'Say why with --reason; see hive deny --help');
    return decide(cli, id, { decision: 'deny', reason, hash, yes });
  },
});
