import { derivedId, newId, type Bus } from '@hive/bus';
import type { Artefacts } from '@hive/core-db';
import { hasCode } from '@hive/errors';
import {
  shortId,
  streams,
  type Desk,
  type EventOf,
  type Plan,
  type PlannedTask,
  type Submission,
  type SubmitRequest,
} from '@hive/events';
import { failpoint } from '@hive/failpoints';
import { atTheDoor, type Door } from './at-the-door.ts';
import type { Draft } from './draft.ts';
import { slugOf } from './slug.ts';

/** Ids of commands with a key of their own are derived from it; their time says nothing. */
const ofKeys = '00000000-0000-7000-8000-000000000000';

/** The desk's `submit`; whoever fires a schedule also says which and for when. */
export type Submit = (
  request: SubmitRequest,
  options?: { readonly key?: string; readonly schedule?: Submission['schedule'] },
) => ReturnType<Desk['submit']>;

/** Accepts work: everything is tried at the door, the large parts are stored, and then one event says that it was accepted. */
export const createSubmit = (bus: Bus, artefacts: Artefacts, door: Door): Submit => {
  const record = async (request: SubmitRequest, idFrom: string | undefined, schedule: Submission['schedule']) => {
    const { submission, tasks } = await atTheDoor(request, door);
    const workflowId = newId();
    const plan = tasks && (await artefacts.put(JSON.stringify(await storePlan(tasks, workflowId, artefacts))));
    const branch = `hive/${slugOf(request.goal)}-${shortId(workflowId)}`;
    await failpoint('accept.open');
    await bus.command({
      on: null,
      correlationId: workflowId,
      ...(idFrom !== undefined && { idFrom, commandId: idFrom }),
      events: [
        {
          type: 'workflow.submitted',
          stream: streams.workflow(workflowId),
          data: { ...submission, workflowId, branch, plan, ...(schedule && { schedule }) },
        },
      ],
    });
    await failpoint('accept.committed');
    return answer(workflowId);
  };

  const madeBefore = async (idFrom: string) => {
    const event = await bus.store.event(derivedId(idFrom, 'command 0')); // as the bus derives a command's first event
    return event && answer((event as EventOf<'workflow.submitted'>).data.workflowId);
  };

  return async (request, { key, schedule } = {}) => {
    if (key === undefined) return record(request, undefined, schedule);
    const idFrom = derivedId(ofKeys, `submit ${key}`);
    const before = await madeBefore(idFrom);
    if (before) return before;
    try {
      return await record(request, idFrom, schedule);
    } catch (error) {
      const winner = hasCode(error, 'event.id_reused') ? await madeBefore(idFrom) : null; // the same key, at the same moment
      if (winner) return winner;
      throw error;
    }
  };
};

const answer = (id: string) => ({ id, correlationId: id });

const storePlan = async (drafts: readonly Draft[], workflowId: string, artefacts: Artefacts): Promise<Plan> => {
  const idOf = (key: string) => derivedId(workflowId, `task ${key}`);
  const tasks: PlannedTask[] = [];
  for (const { patch, ...draft } of drafts)
    tasks.push({
      ...draft,
      id: idOf(draft.key),
      needs: draft.needs.map(idOf),
      ...(patch !== undefined && { patch: await artefacts.put(patch) }),
    });
  return { version: 1, tasks };
};
