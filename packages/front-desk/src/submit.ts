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
  type Submitted,
} from '@hive/events';
import { failpoint } from '@hive/failpoints';
import { atTheDoor, type Door } from './at-the-door.ts';
import { judge, recordKeyed, type Rival } from './dedupe.ts';
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
  const record = async (
    request: SubmitRequest,
    idFrom: string | undefined,
    schedule: Submission['schedule'],
  ): Promise<Submitted> => {
    const { submission, tasks } = await atTheDoor(request, door);
    const { dedupe, repo } = submission;
    const before = dedupe && (await judge(bus.store, { dedupe, repo }));
    if (before && 'kept' in before) return duplicateOf(before.kept);
    const workflowId = newId();
    const plan = tasks && (await artefacts.put(JSON.stringify(await storePlan(tasks, workflowId, artefacts))));
    const branch = `hive/${slugOf(request.goal)}-${shortId(workflowId)}`;
    const data: Submission = { ...submission, workflowId, branch, plan, ...(schedule && { schedule }) };
    await failpoint('accept.open');
    const verdict = dedupe ? await recordKeyed(bus, { submission: data, dedupe, idFrom }) : null;
    if (verdict === null)
      await bus.command({
        on: null,
        correlationId: workflowId,
        ...(idFrom !== undefined && { idFrom, commandId: idFrom }),
        events: [{ type: 'workflow.submitted', stream: streams.workflow(workflowId), data }],
      });
    await failpoint('accept.committed');
    if (verdict && 'kept' in verdict) return duplicateOf(verdict.kept);
    const replaced = verdict?.ousted.map((it) => it.head.id) ?? [];
    return { ...answer(workflowId), ...(replaced.length > 0 && { replaced }) };
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
      const answered = await record(request, idFrom, schedule);
      // Whoever repeats itself at the same moment may meet itself under its dedupe key.
      return answered.duplicateOf === undefined ? answered : ((await madeBefore(idFrom)) ?? answered);
    } catch (error) {
      const winner = hasCode(error, 'event.id_reused') ? await madeBefore(idFrom) : null; // the same key, at the same moment
      if (winner) return winner;
      throw error;
    }
  };
};

const answer = (id: string): Submitted => ({ id, correlationId: id });

const duplicateOf = ({ head }: Rival): Submitted => ({ ...answer(head.id), duplicateOf: head.id });

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
