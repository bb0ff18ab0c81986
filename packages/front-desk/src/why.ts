import type { Artefacts, Store } from '@hive/core-db';
import { HiveError, hasCode } from '@hive/errors';
import type { TaskView, Why } from '@hive/events';
import { createFindByPatch, patchIdIn } from './find-by-patch.ts';
import { findHead } from './find-id.ts';
import { taskDetail } from './read-workflow.ts';

const pageSize = 500;

/** The evidence behind a merged commit, or the reason behind a refused task. A commit is found by its first 7 characters or more, or by its change. */
export const createWhy = (store: Store, artefacts: Artefacts, home: string) => {
  const findByPatch = createFindByPatch(store, artefacts, home);
  return async (text: string): Promise<Why> => {
    const patchId = patchIdIn(text);
    const { task, found } =
      patchId === null
        ? { task: (await taskCalled(store, text)) ?? (await taskOfCommit(store, text)), found: undefined }
        : await findByPatch(patchId);
    const { view: workflow } = await findHead(store, 'workflow', task.workflowId);
    const { goal, repo, branch } = workflow.submission;
    return {
      task: taskDetail(task),
      workflow: { id: workflow.id, goal, repo, branch },
      evidence: task.evidence,
      ...(found && { found }),
    };
  };
};

const taskCalled = async (store: Store, text: string): Promise<TaskView | null> => {
  try {
    return (await findHead(store, 'task', text)).view;
  } catch (error) {
    if (hasCode(error, 'input.unknown_id') && error.details['candidates'] === undefined) return null;
    throw error;
  }
};

const taskOfCommit = async (store: Store, text: string): Promise<TaskView> => {
  const prefix = text.trim().toLowerCase();
  const unknown = `There is no task ${text}, and no commit of Hive that begins with it; hive tasks shows them all`;
  if (!/^[0-9a-f]{7,64}$/.test(prefix)) throw new HiveError('input.unknown_id', unknown);
  const found = await tasksWithCommit(store, prefix);
  const [task] = found;
  if (!task) throw new HiveError('input.unknown_id', unknown);
  if (new Set(found.map((it) => it.commit)).size > 1)
    throw new HiveError('input.unknown_id', `${text} is the beginning of ${found.length} commits; give more of it`);
  return task;
};

const tasksWithCommit = async (store: Store, prefix: string): Promise<TaskView[]> => {
  const found: TaskView[] = [];
  let before: string | undefined;
  for (;;) {
    const heads = await store.listHeads({ kind: 'task', limit: pageSize, ...(before !== undefined && { before }) });
    const views = heads.map((head) => head.view as TaskView);
    found.push(...views.filter((view) => view.commit?.startsWith(prefix)));
    before = heads.at(-1)?.id;
    if (heads.length < pageSize) return found;
  }
};
