import { newId, type Bus } from '@hive/bus';
import type { Artefacts, Store } from '@hive/core-db';
import { HiveError, hasCode } from '@hive/errors';
import {
  parseEventData,
  shortId,
  streams,
  type Desk,
  type EventOf,
  type Plan,
  type Submission,
  type SubmitRequest,
  type Submitted,
} from '@hive/events';
import { failpoint } from '@hive/failpoints';
import type { Change } from '@hive/workspace';
import { atTheDoor, type Door } from './at-the-door.ts';
import { judge, recordKeyed, type Rival } from './dedupe.ts';
import { planOf, type Draft } from './draft.ts';
import { firstOf, idOfKey, makeOnce } from './once.ts';
import { slugOf } from './slug.ts';

/** The desk's `submit`; whoever fires a schedule also says which and for when, and whoever was pushed to brings the change. */
export type Submit = (
  request: SubmitRequest,
  options?: { readonly key?: string; readonly schedule?: Submission['schedule']; readonly change?: Change },
) => ReturnType<Desk['submit']>;

const madeFrom = async (store: Pick<Store, 'event'>, idFrom: string): Promise<Submitted | null> => {
  const event = await firstOf(store, idFrom);
  return event && answer((event as EventOf<'workflow.submitted'>).data.workflowId);
};

/** What was handed in under a key; null when nothing was. */
export const submittedUnder = (store: Pick<Store, 'event'>, key: string): Promise<Submitted | null> =>
  madeFrom(store, idOfKey('submit', key));

/** Accepts work: everything is tried at the door, the large parts are stored, and then one event says that it was accepted. */
export const createSubmit = (bus: Bus, artefacts: Artefacts, door: Door): Submit => {
  const record = async (
    request: SubmitRequest,
    idFrom: string | undefined,
    { schedule, change }: { readonly schedule?: Submission['schedule']; readonly change?: Change },
  ): Promise<Submitted> => {
    const { submission, tasks } = await atTheDoor(request, door, change);
    const { dedupe, repo } = submission;
    const before = dedupe && (await judge(bus.store, { dedupe, repo }));
    if (before && 'kept' in before) return duplicateOf(before.kept);
    const workflowId = newId();
    const plan = tasks && (await artefacts.put(JSON.stringify(await storePlan(tasks, workflowId, artefacts))));
    const branch = `hive/${slugOf(request.goal)}-${shortId(workflowId)}`;
    const data: Submission = { ...submission, workflowId, branch, plan, ...(schedule && { schedule }) };
    assertFits(data);
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

  const madeBefore = (idFrom: string) => madeFrom(bus.store, idFrom);

  return async (request, { key, ...more } = {}) => {
    if (key === undefined) return record(request, undefined, more);
    const idFrom = idOfKey('submit', key);
    return makeOnce({
      before: () => madeBefore(idFrom),
      make: async () => {
        const answered = await record(request, idFrom, more);
        // Whoever repeats itself at the same moment may meet itself under its dedupe key.
        return answered.duplicateOf === undefined ? answered : ((await madeBefore(idFrom)) ?? answered);
      },
    });
  };
};

const answer = (id: string): Submitted => ({ id, correlationId: id });

const duplicateOf = ({ head }: Rival): Submitted => ({ ...answer(head.id), duplicateOf: head.id });

const storePlan = async (drafts: readonly Draft[], workflowId: string, artefacts: Artefacts): Promise<Plan> => {
  const patches = new Map<Draft, string>();
  for (const draft of drafts) if (draft.patch !== undefined) patches.set(draft, await artefacts.put(draft.patch));
  return planOf(drafts, workflowId, (draft) => patches.get(draft));
};

/** Refuses what one event could not hold, in words about the request. */
const assertFits = (data: Submission): void => {
  try {
    parseEventData('workflow.submitted', data);
  } catch (error) {
    if (!hasCode(error, 'event.too_large')) throw error;
    const sizes = Object.entries(data).map(([field, value]) => [field, JSON.stringify(value).length] as const);
    const [field = ''] = sizes.toSorted(([, a], [, b]) => b - a)[0] ?? [];
    throw new HiveError(
      'input.invalid',
      `The request is larger than the 256 KiB that an event can hold, most of it in its ${field}; shorten that`,
      { details: { field }, cause: error },
    );
  }
};
