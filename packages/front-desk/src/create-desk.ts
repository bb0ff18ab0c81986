import type { Bus } from '@hive/bus';
import type { HiveConfig } from '@hive/config';
import type { Artefacts } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import type { Desk, TaskView, WorkflowView } from '@hive/events';
import type { Door } from './at-the-door.ts';
import { createApprovals } from './approvals.ts';
import { createBoard } from './board.ts';
import { createBoxes } from './boxes.ts';
import { createBuilding } from './building.ts';
import { createChoices } from './choices.ts';
import { createCommands } from './commands.ts';
import { createExamples, type Examples } from './examples.ts';
import { createDayBudget } from './day-budget.ts';
import { createDeadLetters } from './dead-letters.ts';
import { createDecisions } from './decisions.ts';
import { createFigures } from './figures.ts';
import { findHead } from './find-id.ts';
import { createLimits } from './limits-known.ts';
import { createLogReading } from './log-reading.ts';
import type { Means } from './means.ts';
import { pageLimit, pageOf } from './page.ts';
import { createPausing } from './pausing.ts';
import { createAlerts } from './alerts.ts';
import { readTask } from './read-task.ts';
import { readResult, readSummaries, readTasks, taskDetail } from './read-workflow.ts';
import { createAddRemote } from './push/add-remote.ts';
import { createReplaying } from './replay/create-replaying.ts';
import { createReport } from './report.ts';
import { createSchedules } from './schedules.ts';
import { createSubmit } from './submit.ts';
import { createWhy } from './why.ts';

/** What a desk stands on. Without `means` no model is called and no sandbox is tried before work is accepted. */
export type DeskOptions = {
  readonly bus: Bus;
  readonly artefacts: Artefacts;
  readonly config: Door['config'] & Pick<HiveConfig, 'planning'>;
  readonly means?: Partial<Means>;
  /** Without them there is no example to run. */
  readonly examples?: Examples;
};

/** The front desk in this process. It owns nothing: whoever made bus and store closes them. */
export const createDesk = ({ bus, artefacts, config, means = {}, examples }: DeskOptions): Desk => {
  const { store } = bus;
  const commands = createCommands(bus);
  const decisions = createDecisions(bus, commands);
  const reading = createLogReading(bus);
  const submit = createSubmit(bus, artefacts, { config, means });
  const why = createWhy(store, artefacts, config.home);
  return {
    submit,
    ...createExamples(store, submit, { config, examples }),
    ...createChoices(store, config),
    ...decisions,
    ...createApprovals(bus, commands, artefacts),
    ...createPausing(bus, commands),
    ...createAlerts(bus),
    ...createDeadLetters(bus, commands, decisions),
    ...createSchedules(bus, commands, { artefacts, door: { config, means } }),
    ...reading,
    ...createReplaying(bus, artefacts, { door: { config, means }, trace: reading.trace }),
    ...createBuilding(bus, { config, means }),
    ...createBoxes(bus, { means }),
    ...createBoard(store),
    figures: createFigures(store),
    limits: createLimits(store),
    budget: createDayBudget(bus, config),
    addRemote: createAddRemote(config),

    workflows: async ({ after, limit: asked } = {}) => {
      const limit = pageLimit(asked);
      const heads = await store.listHeads({
        kind: 'workflow',
        limit: limit + 1,
        ...(after !== undefined && { before: after }),
      });
      const page = pageOf(heads, limit, { key: (head) => head.id, item: (head) => head });
      return {
        items: [
          ...(await readSummaries(
            store,
            page.items.map((head) => head.view as WorkflowView),
          )),
        ],
        next: page.next,
      };
    },
    workflow: async (id) => readResult(store, (await findHead(store, 'workflow', id)).view),

    tasks: async ({ workflow, after, limit: asked } = {}) => {
      const limit = pageLimit(asked);
      const item = { key: (task: TaskView) => task.id, item: taskDetail };
      if (workflow !== undefined) {
        const tasks = await readTasks(store, (await findHead(store, 'workflow', workflow)).view);
        return pageOf(tasks.slice(tasks.findIndex((task) => task.id === after) + 1), limit, item);
      }
      const heads = await store.listHeads({
        kind: 'task',
        limit: limit + 1,
        ...(after !== undefined && { before: after }),
      });
      return pageOf(
        heads.map((head) => head.view as TaskView),
        limit,
        item,
      ); // heads of kind task
    },
    report: createReport(store),
    task: (id) => readTask(store, id),
    why,
    statement: async (text) => {
      const { signStatement } = await import('./statement/sign-statement.ts'); // rarely asked for
      return signStatement(config.home, await why(text));
    },

    artefact: async (hash) => {
      const bytes = await artefacts.get(hash);
      if (bytes) return bytes;
      throw new HiveError('input.unknown_id', `There is no artefact ${hash}, or its file has other content`);
    },
  };
};
