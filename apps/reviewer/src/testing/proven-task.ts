import type { House } from '@hive/agent-kit/testing';
import { streams, type Evidence } from '@hive/events';

const head = '2'.repeat(40);

/** Tells of a task that it was worked on by this author and proven, so that its review is due. */
export const tellProven = async (
  house: House,
  taskId: string,
  { author, base, patch }: { readonly author: string; readonly base: string; readonly patch: string },
): Promise<void> => {
  const hash = await house.artefacts.put(patch);
  const stream = streams.task(taskId);
  // Below those that the queue gives out.
  const about = (step: 'work' | 'check') => ({ taskId, step, attempt: 1, token: 0 });
  const evidence: Evidence = {
    ...{ base, head, tree: base, patch: hash, author, commands: [], redBefore: 'not_needed', greenAfter: true },
    ...{ checkedBy: { agent: 'w', host: 'h' }, sandbox: 'none', at: new Date().toISOString() },
  };
  const verdict = { code: null, reason: null, findings: [] };
  await house.tell(
    taskId,
    { type: 'task.ready', stream, data: { taskId } },
    { type: 'task.claimed', stream, data: { ...about('work'), agent: 'w', leaseUntil: evidence.at } },
    {
      type: 'task.submitted',
      stream,
      data: { ...about('work'), base, commit: head, patch: hash, author, agent: 'w' },
    },
    { type: 'task.checked', stream, data: { ...about('check'), evidence, verdict } },
  );
};
