import { createDiskKeeper, defineAgent, workspaceOf, type Agent, type DiskKeeper } from '@hive/agent-kit';
import type { ReadSpace, Workspace } from '@hive/workspace';
import { check } from './check.ts';
import { leftovers } from './leftovers.ts';
import { boxesHere, createMachineWatch, type MachineWatch } from './machine/machine-watch.ts';
import { work } from './work.ts';

type Own = Workspace & { readonly disk: DiskKeeper; readonly machine: MachineWatch | null };

/**
 * Makes changes and checks them. Step `work`: a patch, a command or a model's change becomes a commit (`task.submitted`), or is refused.
 * Step `check`: the checks run on base, base with the change's tests, and head (`task.checked`). Also looks after the disk, which is filled
 * by what workers do: on one that is too full it begins nothing. On the machine of a box its beat tells of processors and graphics cards.
 */
export const createWorker = ({ readSpace }: { readonly readSpace?: ReadSpace } = {}): Agent<Own> =>
  defineAgent<Own>({
    name: 'worker',
    // Whoever can reach a box can offer what it is good for.
    capabilities: (config) => [...new Set(config.boxes.flatMap((box) => box.capabilities))],
    open: async (ctx) => {
      const workspace = workspaceOf(ctx);
      ctx.log.info({ sandbox: (await workspace.sandbox()).note }, 'sandbox');
      const { boxes, alerts } = ctx.config;
      const here = boxesHere(boxes);
      const isWatched = here.length > 0 || Object.values(alerts).some((it) => it !== null);
      const machine = isWatched ? createMachineWatch(here) : null;
      return { ...workspace, disk: createDiskKeeper(ctx, readSpace), machine };
    },
    steps: { work, check },
    mayBegin: ({ own }) => own.disk.hasRoom(),
    figures: async ({ own, bus }) => own.machine?.read(await bus.store.now()),
    every: [
      { ms: 10_000, run: leftovers },
      { ms: 10_000, run: ({ own }) => own.disk.look() },
    ],
  });

export default createWorker();
