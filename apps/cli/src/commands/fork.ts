import { HiveError } from '@hive/errors';
import type { ReplayModels } from '@hive/events';
import { defineCommand } from '../command.ts';
import { localAccess, remoteAccess } from '../desk/access.ts';
import { tellComparison } from '../follow/tell-comparison.ts';
import { handInAndFollow } from '../submit/follow-through.ts';
import { lastOption, workflowId, type LastOption } from './ids.ts';

type Options = LastOption & { readonly at?: string; readonly set?: readonly string[]; readonly detach?: boolean };

export const fork = defineCommand<Options>({
  name: 'fork',
  args: [['[id]', 'of a workflow that is over']],
  says: 'Run a workflow again from its recording up to an event, then with other models',
  options: [
    lastOption,
    { flags: '--at <event>', says: 'its position (hive events shows them) or the end of its id' },
    {
      flags: '--set <role.model=ref>',
      says: 'who is asked from there on: worker.model=claude:NAME, also planner and reviewer; may be given several times',
      many: true,
    },
    { flags: '--detach', says: 'return as soon as it is accepted' },
  ],
  examples: [
    'hive fork 1a2b3c4d --at 118 --set worker.model=claude:NAME',
    'hive fork --last --at 42 --set worker.model=ollama:qwen3-coder:30b',
  ],
  run: async (cli, [id], options) => {
    const { at } = options;
    if (at === undefined)
      throw new HiveError('input.invalid', 'Say from where: --at and a position; hive events shows them');
    const models = modelsSet(options.set ?? []);
    const of = workflowId(id, options);
    const config = await cli.config();
    return handInAndFollow(cli, remoteAccess(config) ?? (await localAccess(config, cli)), {
      handIn: (desk) => desk.replay(of, { at, models }),
      detach: options.detach === true,
      tell: (desk, result) => tellComparison(cli, desk, result),
    });
  },
});

/** What `--set` says, e.g. `worker.model=claude:NAME`. */
const modelsSet = (texts: readonly string[]): ReplayModels =>
  Object.fromEntries(
    texts.map((text) => {
      const match = /^(planner|worker|reviewer)\.model=(\S+)$/.exec(text);
      if (!match)
        throw new HiveError('input.invalid', `--set takes worker.model=REF (or planner, reviewer), and found ${text}`);
      return [match[1] ?? '', match[2] ?? ''];
    }),
  );
