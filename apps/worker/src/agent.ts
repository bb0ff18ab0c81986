import { defineAgent, workspaceOf } from '@hive/agent-kit';
import type { Workspace } from '@hive/workspace';
import { check } from './check.ts';
import { leftovers } from './leftovers.ts';
import { work } from './work.ts';

/**
 * Makes changes and checks them. Step `work`: a patch, a command or a model's change becomes a commit (`task.submitted`), or is refused.
 * Step `check`: the checks run on base, base with the change's tests, and head (`task.checked`).
 */
export default defineAgent<Workspace>({
  name: 'worker',
  // Whoever can reach a box can offer what it is good for.
  capabilities: (config) => [...new Set(config.boxes.flatMap((box) => box.capabilities))],
  open: async (ctx) => {
    const workspace = workspaceOf(ctx);
    ctx.log.info({ sandbox: (await workspace.sandbox()).note }, 'sandbox');
    return workspace;
  },
  steps: { work, check },
  every: { ms: 10_000, run: leftovers },
});
