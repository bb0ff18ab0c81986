import { readAllPauses } from '@hive/bus';
import type { Store } from '@hive/core-db';
import { streams, type TaskDetail, type TaskView } from '@hive/events';
import { openApprovals } from './approvals.ts';
import { explain } from './explain.ts';
import { findHead } from './find-id.ts';
import { taskDetail } from './read-workflow.ts';

const many = 10_000;
/** Three beats: an agent that is silent for longer is not counted on. */
const silentMs = 15_000;

/** One task in full, with the reason why nothing is done about it where that is so. */
export const readTask = async (store: Store, text: string): Promise<TaskDetail> => {
  const { view: task } = await findHead(store, 'task', text);
  const [steps, agents, pauses, workflow, needs, approvals] = await Promise.all([
    store.steps({ taskId: task.id, states: ['ready', 'scheduled', 'paused', 'parked', 'claimed'], limit: many }),
    store.agents(),
    readAllPauses(store),
    findHead(store, 'workflow', task.workflowId),
    store.heads(task.spec.needs.map(streams.task)),
    openApprovals(store, task.workflowId),
  ]);
  const gone = new Set(await store.gone(agents.map((agent) => agent.incarnation)));
  const isThere = ({ incarnation, status, beatAt }: (typeof agents)[number]) =>
    !gone.has(incarnation) && status !== 'draining' && Date.parse(needs.now) - Date.parse(beatAt) < silentMs;
  const isPaused = ({ agent }: (typeof agents)[number]) => Object.hasOwn(pauses.agents, agent);
  const waits = explain(task, {
    workflow: workflow.view,
    needs: [...needs.heads.values()].map((head) => head.view as TaskView), // heads of kind task
    steps,
    last: steps[0] ? await store.event(steps[0].lastEventId) : null,
    pauses: pauses.paused,
    asked: approvals.find(({ kind, taskId }) => kind === 'egress' && taskId === task.id) ?? null,
    agents: agents.filter((it) => isThere(it) && !isPaused(it)),
    pausedAgents: agents.flatMap(({ agent, role }) => {
      const note = pauses.agents[agent];
      return note ? [{ agent, role, note }] : [];
    }),
    now: needs.now,
  });
  return { ...taskDetail(task), ...(waits && { waits }) };
};
