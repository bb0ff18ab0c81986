import { createBus, derivedId, rest, type Bus } from '@hive/bus';
import { hasCode, isHiveError } from '@hive/errors';
import { streams, type NewEvent } from '@hive/events';
import { landed } from '@hive/front-desk';
import type { Ask } from './faults.ts';
import type { Life } from './process.ts';
import type { Workflow } from './workflows.ts';

/** Somebody who hands in workflows and changes their mind, and who asks again until they have an answer. */
export type Person = {
  handIn(workflow: Workflow): void;
  ask(what: Ask, workflow: Workflow): void;
  /** The events that were acknowledged: they are there for ever. */
  readonly acknowledged: readonly string[];
  /** How many commands were given; each is recorded once at most. */
  given(): number;
};

/** How long a pause lasts. */
const pauseMs = 700;

export const createPerson = ({ store, around }: Pick<Life, 'store' | 'around'>): Person => {
  const bus: Bus = createBus(store, 'person/me', around);
  const acknowledged: string[] = [];
  let given = 0;

  /** Repeats a command whose outcome is unknown with the same ids, until it is recorded or refused. */
  const say = async (on: string | null, correlationId: string, ...events: NewEvent[]): Promise<void> => {
    const idFrom = around.newId();
    given += 1;
    for (;;) {
      try {
        acknowledged.push(...(await bus.command({ on, correlationId, events, idFrom })).ids);
        return;
      } catch (error) {
        if (isHiveError(error) && error.remedy === 'retry') await rest(around, 100 + 200 * around.random());
        else if (hasCode(error, 'input.unknown_id'))
          return; // it was not handed in yet
        else if (hasCode(error, 'transition.refused') || hasCode(error, 'event.id_reused'))
          return void acknowledged.push(...(await recordedBefore(idFrom)));
        else throw error;
      }
    }
  };
  /** A command that was recorded at the first try, and only its answer was lost: it does not fit any more, or would have another cause now. */
  const recordedBefore = async (idFrom: string): Promise<string[]> => {
    const id = derivedId(idFrom, 'command 0');
    for (;;) {
      try {
        return (await store.event(id)) ? [id] : [];
      } catch {
        await rest(around, 100 + 200 * around.random());
      }
    }
  };

  const asks: Record<Ask, (workflow: Workflow) => Promise<void>> = {
    'pause and resume': async ({ id }) => {
      const data = { workflowId: id };
      await say(streams.workflow(id), id, { type: 'workflow.paused', stream: streams.workflow(id), data });
      await rest(around, pauseMs);
      await say(streams.workflow(id), id, { type: 'workflow.resumed', stream: streams.workflow(id), data });
    },
    cancel: async ({ id }) =>
      say(streams.workflow(id), id, {
        type: 'workflow.cancelled',
        stream: streams.workflow(id),
        data: { workflowId: id },
      }),
    'cancel a task': ({ id, tasks }) => aboutTask(id, tasks[0]?.id ?? '', 'task.cancelled'),
    redrive: async ({ id, tasks, submission }) => {
      const taskId = tasks[0]?.id ?? '';
      const there = await landed(store, { branch: streams.merge('repo', submission.branch), taskId }).catch(
        () => 'moving',
      );
      if (there === null) await aboutTask(id, taskId, 'task.redriven');
    },
    'stop and go on': async () => {
      await say(null, around.newId(), { type: 'system.paused', stream: streams.system, data: {} });
      await rest(around, pauseMs);
      await say(null, around.newId(), { type: 'system.resumed', stream: streams.system, data: {} });
    },
  };
  const aboutTask = async (id: string, taskId: string, type: 'task.cancelled' | 'task.redriven'): Promise<void> => {
    const stream = streams.task(taskId);
    const isThere = (await store.heads([stream]).catch(() => null))?.heads.has(stream) ?? false;
    if (isThere) await say(stream, id, { type, stream, data: { taskId } });
  };

  return {
    acknowledged,
    given: () => given,
    handIn: ({ id, submission }) =>
      void say(null, id, { type: 'workflow.submitted', stream: streams.workflow(id), data: submission }),
    ask: (what, workflow) => void asks[what](workflow),
  };
};
