import { derivedId, newId, type Bus } from '@hive/bus';
import type { Artefacts } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import {
  Plan,
  ReplayRequest,
  isWorkflowOpen,
  shortId,
  streams,
  type Desk,
  type HiveEvent,
  type EventOf,
  type Replay,
  type Submission,
  type Submitted,
  type WorkflowView,
} from '@hive/events';
import { assertHomeOutside, openRepo, resolveBase } from '@hive/workspace';
import type { Door } from '../at-the-door.ts';
import { called, findHead } from '../find-id.ts';
import { firstOf, idOfKey, makeOnce } from '../once.ts';
import { assertSurroundings, type Means } from '../means.ts';
import { parseAs } from '../parse-as.ts';
import { slugOf } from '../slug.ts';
import { compareWorkflows } from './compare-workflows.ts';
import { eventAt } from './event-at.ts';
import { readSide } from './read-side.ts';

type Verbs = Pick<Desk, 'replay' | 'comparison'>;

/** How a workflow is run again from its recording, and how the two are compared. */
export const createReplaying = (
  bus: Bus,
  artefacts: Artefacts,
  { door, trace }: { readonly door: Door; readonly trace: Desk['trace'] },
): Verbs => {
  const { store } = bus;

  const accept = async (text: string, asked: ReplayRequest, idFrom: string | undefined): Promise<Submitted> => {
    const request = parseAs(ReplayRequest, asked, 'The request');
    const { view } = await findHead(store, 'workflow', text);
    if (isWorkflowOpen(view.state))
      throw new HiveError(
        'input.state',
        `Workflow ${called(view)} is ${view.state} and still on its way; what is not over is not recorded`,
      );
    const events = await trace(view.id);
    const replay = replayOf(view, request, events);
    const repo = await openRepo(view.submission.repo);
    await assertHomeOutside(door.config.home, repo);
    await resolveBase(repo, view.submission.base);
    await assertModels(view.submission, replay, { means: door.means, events });
    await assertSurroundings(events.some(isByModel), door);
    const submission = await again(view.submission, replay);
    const { workflowId } = submission;
    await bus.command({
      on: null,
      correlationId: workflowId,
      ...(idFrom !== undefined && { idFrom, commandId: idFrom }),
      events: [{ type: 'workflow.submitted', stream: streams.workflow(workflowId), data: submission }],
    });
    return { id: workflowId, correlationId: workflowId };
  };

  /** The same request under a new id, for a branch of its own that nothing of the user's is moved to. */
  const again = async (before: Submission, replay: Replay): Promise<Submission> => {
    const workflowId = newId();
    const { schedule: _, dedupe: __, ...rest } = before;
    return {
      ...rest,
      workflowId,
      branch: `hive/${slugOf(before.goal)}-${shortId(workflowId)}`,
      into: null,
      plan: before.plan === null ? null : await withIdsOf(workflowId, before.plan),
      replay,
    };
  };

  /** A stored plan with the ids that its tasks have in another workflow. */
  const withIdsOf = async (workflowId: string, hash: string): Promise<string> => {
    const bytes = await artefacts.get(hash);
    if (bytes === null) throw new HiveError('infra.disk', `The plan ${hash} is missing in ${door.config.home}`);
    const { version, tasks } = Plan.parse(JSON.parse(bytes.toString('utf8')));
    const ids = new Map(tasks.map(({ id, key }) => [id, derivedId(workflowId, `task ${key}`)]));
    const idOf = (id: string) => ids.get(id) ?? id;
    const plan: Plan = {
      version,
      tasks: tasks.map((task) => ({ ...task, id: idOf(task.id), needs: task.needs.map(idOf) })),
    };
    return artefacts.put(JSON.stringify(plan));
  };

  const madeBefore = async (idFrom: string): Promise<Submitted | null> => {
    const event = await firstOf(store, idFrom);
    if (event === null) return null;
    const { workflowId } = (event as EventOf<'workflow.submitted'>).data;
    return { id: workflowId, correlationId: workflowId };
  };

  return {
    replay: async (text, request = {}, { key } = {}) => {
      if (key === undefined) return accept(text, request, undefined);
      const idFrom = idOfKey('replay', key);
      return makeOnce({ before: () => madeBefore(idFrom), make: () => accept(text, request, idFrom) });
    },

    comparison: async (text) => {
      const { view } = await findHead(store, 'workflow', text);
      const { replay } = view.submission;
      if (!replay)
        throw new HiveError(
          'input.state',
          `Workflow ${called(view)} was not made from a recording; hive replay ${called(view)} runs it again from its own`,
        );
      const { view: origin } = await findHead(store, 'workflow', replay.of);
      const read = (workflow: WorkflowView) => readSide(workflow, { store, artefacts, trace });
      return compareWorkflows(replay, await read(origin), await read(view));
    },
  };
};

const replayOf = (view: WorkflowView, { at, models = {} }: ReplayRequest, events: readonly HiveEvent[]): Replay => {
  if (at === undefined && Object.keys(models).length > 0)
    throw new HiveError(
      'input.invalid',
      'Say from which event on another model is asked: a position, or an event’s id',
    );
  const last = events.at(-1);
  if (!last) throw new HiveError('input.unknown_id', `Nothing is recorded of workflow ${called(view)}`);
  return {
    of: view.id,
    upTo: (at === undefined ? last : eventAt(events, at)).id,
    beyond: at === undefined ? 'refuse' : 'live',
    models,
  };
};

const isByModel = (event: HiveEvent): boolean => event.type === 'task.created' && event.data.spec.author === null;

/** The models that a fork will ask have to be there before anything is recorded. */
const assertModels = async (
  { model: named, localOnly, source }: Submission,
  { beyond, models, upTo }: Replay,
  { means: { model }, events }: { readonly means: Partial<Means>; readonly events: readonly HiveEvent[] },
): Promise<void> => {
  if (beyond === 'refuse' || !model) return;
  const later = events.slice(events.findIndex(({ id }) => id === upTo) + 1);
  const plans = source === 'model' && later.some(({ type }) => type === 'workflow.plan_generated');
  if (plans) await model({ role: 'planner', ref: models.planner ?? named, localOnly });
  if (events.some(isByModel)) await model({ role: 'worker', ref: models.worker ?? named, localOnly });
  if (models.reviewer !== undefined) await model({ role: 'reviewer', ref: models.reviewer, localOnly });
};
