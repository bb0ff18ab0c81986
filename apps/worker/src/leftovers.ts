import type { Context } from '@hive/agent-kit';
import type { Workspace } from '@hive/workspace';

/** Ends the processes and removes the worktrees that agents of this host left behind when they vanished. */
export const leftovers = async ({ bus, host, log, own }: Context & { readonly own: Workspace }): Promise<void> => {
  // One that lives and is only cut off from the store ends what it has in hand itself, when it hears that it lost it.
  const here = (await bus.store.agents()).filter((agent) => agent.host === host && !isAlive(agent.pid));
  for (const incarnation of await bus.store.gone(here.map((agent) => agent.incarnation))) {
    await own.cleanUp(incarnation);
    // The queen knows from its row that the holder is gone; without it she would have to wait for the lease.
    const held = await bus.store.steps({ holder: incarnation, states: ['claimed'], limit: 1 });
    if (held.length > 0) continue;
    await bus.store.forget(incarnation);
    log.info({ incarnation }, 'cleaned up after an agent that is gone');
  }
};

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'; // it belongs to somebody else
  }
};
