import { decide } from '../approvals/decide.ts';
import { defineCommand } from '../command.ts';

export const approve = defineCommand<{
  readonly note?: string;
  readonly hash?: string;
  readonly confirm?: string;
  readonly yes?: boolean;
}>({
  name: 'approve',
  args: [['<id>', 'the id of an approval, or of the task or workflow that waits for it']],
  says: 'Agree to what waits for a person; shows it first, and is bound to what it showed',
  options: [
    { flags: '--note <text>', says: 'what to say with it; an author that asked is told' },
    { flags: '--hash <hash>', says: 'agree only if it is still about this action' },
    { flags: '--confirm <branch>', says: 'the branch that it ends on, for what cannot be taken back (T3)' },
    { flags: '-y, --yes', says: 'do not ask again on a terminal' },
  ],
  examples: ['hive approve 1a2b3c4d', 'hive approve 1a2b3c4d --yes --note "Looked at the licence"'],
  run: (cli, [id = ''], { note, hash, confirm, yes = false }) =>
    decide(cli, id, { decision: 'approve', reason: note, hash, confirm, yes }),
});
