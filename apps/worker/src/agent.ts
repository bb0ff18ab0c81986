import { createDiskKeeper, defineAgent, workspaceOf, type Agent, type DiskKeeper } from '@hive/agent-kit';
import type { ReadSpace, Workspace } from '@hive/workspace';
import { check } from './check.ts';
import { leftovers } from './leftovers.ts';
import { work } from './work.ts';

type Own = Workspace & { readonly disk: DiskKeeper };

/**
 * Makes changes and checks them. Step `work`: a patch, a command or a model's change becomes a commit (`task.submitted`), or is refused.
 * Step `check`: the checks run on base, base with the change's tests, and head (`task.checked`). Also looks after the disk, which is filled
 * by what workers do: on one that is too full it begins nothing.
 */
export const createWorker = ({ readSpace }: { readonly readSpace?: ReadSpace } = {}): Agent<Own> =>
  defineAgent<Own>({
    name: 'worker',
    // Whoever can reach a box can offer what it is good for.
    capabilities: (config) => [...new Set(config.boxes.flatMap((box) => box.capabilities))],
    open: async (ctx) => {
      const workspace = workspaceOf(ctx);
      ctx.log.info({ sandbox: (await workspace.sandbox()).note }, 'sandbox');
      return { ...workspace, disk: createDiskKeeper(ctx, readSpace) };
    },
    steps: { work, check },
    mayBegin: ({ own }) => own.disk.hasRoom(),
    every: {
      ms: 10_000,
      run: async (ctx) => {
        await leftovers(ctx);
        await ctx.own.disk.look();
      },
    },
  });

export default createWorker();
