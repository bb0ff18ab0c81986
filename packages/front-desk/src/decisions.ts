import type { Bus } from '@hive/bus';
import { HiveError, hasCode } from '@hive/errors';
import {
  isOpen,
  isWorkflowOpen,
  streams,
  type Desk,
  type NewEvent,
  type Submission,
  type TaskView,
} from '@hive/events';
import { commandUnder, isRecorded, type Commands } from './commands.ts';
import { called, findHead } from './find-id.ts';
import { branchStream, landed } from './landed.ts';
import { readResult, taskDetail } from './read-workflow.ts';
import { createReturnApproved } from './return-approved.ts';

const rounds = 5;

const wrongState = (message: string) => new HiveError('input.state', message);

/** What a person decides about work that was accepted: cancel it, or have it tried again. */
export const createDecisions = (bus: Bus, { command }: Commands): Pick<Desk, 'cancel' | 'retry' | 'cancelTask'> => {
  const { store } = bus;
  const returnApproved = createReturnApproved(bus);

  const changed = async (id: string) => taskDetail((await findHead(store, 'task', id)).view);

  const retryAsItStands: Desk['retry'] = async (text, { note, key } = {}) => {
    const { view, stream, correlationId, version } = await findHead(store, 'task', text);
    const idFrom = commandUnder(view.id, 'retry', key);
    if (await isRecorded(store, idFrom)) return taskDetail(view);
    const workflow = await findHead(store, 'workflow', view.workflowId);
    if (view.state === 'reviewed') {
      const { submission } = workflow.view;
      await returnApproved(view.id, { submission, note, ...(idFrom !== undefined && { idFrom }) });
      return changed(view.id);
    }
    await assertNotLanded(store, view, workflow.view.submission);
    const isOver = workflow.view.state === 'failed' || workflow.view.state === 'cancelled';
    const resumed: NewEvent = {
      type: 'workflow.resumed',
      stream: streams.workflow(workflow.id),
      data: { workflowId: workflow.id },
    };
    await command([again(view, stream, note), ...(isOver ? [resumed] : [])], correlationId, stream, idFrom, version);
    return changed(view.id);
  };

  return {
    cancel: async (text, { key } = {}) => {
      const head = await findHead(store, 'workflow', text);
      const idFrom = commandUnder(head.id, 'cancel', key);
      if (await isRecorded(store, idFrom)) return readResult(store, head.view);
      if (!isWorkflowOpen(head.view.state))
        throw wrongState(`Workflow ${called(head)} is ${head.view.state} already; there is nothing to cancel`);
      await command(
        [{ type: 'workflow.cancelled', stream: head.stream, data: { workflowId: head.id } }],
        head.id,
        head.stream,
        idFrom,
      );
      return readResult(store, (await findHead(store, 'workflow', head.id)).view);
    },

    retry: async (text, options = {}) => {
      for (let round = 1; ; round++) {
        try {
          return await retryAsItStands(text, options);
        } catch (error) {
          // What was judged is not what is there any more: a merge has begun, or somebody else was faster.
          if (round === rounds || !hasCode(error, 'version.conflict')) throw error;
        }
      }
    },

    cancelTask: async (text) => {
      const { view, stream, correlationId } = await findHead(store, 'task', text);
      if (!isOpen(view.state) && view.state !== 'dead_lettered')
        throw wrongState(
          `Task ${called(view)} (${view.spec.key}) is ${view.state} already; there is nothing to cancel`,
        );
      await command([{ type: 'task.cancelled', stream, data: { taskId: view.id } }], correlationId, stream);
      return changed(view.id);
    },
  };
};

/** Throws `input.state` when retrying a task that has ended badly would be refused. */
export const assertRetriable = async (store: Bus['store'], taskId: string): Promise<void> => {
  const { view } = await findHead(store, 'task', taskId);
  const workflow = await findHead(store, 'workflow', view.workflowId);
  await assertNotLanded(store, view, workflow.view.submission);
};

/** A change goes in once: a task whose change did, though it was cancelled or given up by then, is not done anew. */
const assertNotLanded = async (store: Bus['store'], task: TaskView, submission: Submission): Promise<void> => {
  if (isOpen(task.state) || task.state === 'merged') return;
  const there = await landed(store, { branch: branchStream(submission), taskId: task.id });
  const name = `Task ${called(task)} (${task.spec.key})`;
  if (there === 'moving')
    throw wrongState(
      `${name} is ${task.state}, and its change may be going into ${submission.branch} at this moment; try again in half a minute. If it stays so, the log of the reviewer says what is in the way`,
    );
  if (there !== null)
    throw wrongState(
      `${name} is ${task.state}, and its change went into ${submission.branch} before as ${there.commit.slice(0, 12)}: there is nothing to retry. What waited for it can be retried; hand in what shall be different as work of its own`,
    );
};

/** A waiting task goes back to its author, a settled one begins anew; one that is queued for its merge has rules of its own. */
const again = (task: TaskView, stream: string, note: string | undefined): NewEvent => {
  const about = { taskId: task.id, ...(note !== undefined && { note }) };
  if (task.state === 'waiting')
    return { type: 'task.returned', stream, data: { ...about, findings: [...task.findings] } };
  if (isOpen(task.state))
    throw wrongState(
      `Task ${called(task)} (${task.spec.key}) is ${task.state} and still on its way: it can be returned with a note once it is approved or waits for you, and retried when it has ended badly`,
    );
  if (task.state === 'merged' || task.state === 'completed')
    throw wrongState(`Task ${called(task)} (${task.spec.key}) is ${task.state}; there is nothing to retry`);
  return { type: 'task.redriven', stream, data: about };
};
