import { z } from '@hono/zod-openapi';
import { HiveError } from '@hive/errors';
import {
  DayBudget,
  Figures,
  FiguresWindow,
  LimitWindow,
  TaskCard,
  TaskCounts,
  taskStates,
  type Desk,
  type TaskState,
} from '@hive/events';
import type { createRegistrar } from './endpoint.ts';
import { given, list, page } from './lists.ts';

const ofWorkflow = { workflow: z.string().max(100).optional() };

const isState = (name: string): name is TaskState => (taskStates as readonly string[]).includes(name);

/** The states of a list with commas. Throws `input.invalid` for one that is none. */
const statesOf = (text: string | undefined): { states?: TaskState[] } => {
  if (text === undefined || text === '') return {};
  const names = text.split(',');
  const strange = names.find((name) => !isState(name));
  if (strange !== undefined)
    throw new HiveError('input.invalid', `There is no state ${strange}; there are ${taskStates.join(', ')}`);
  return { states: names.filter(isState) };
};

/** What the screens of the control room show beside the lists: the board of tasks, limits, and what happened lately. */
export const serveScreens = (serve: ReturnType<typeof createRegistrar>, desk: Desk): void => {
  serve(
    {
      id: 'taskCounts',
      method: 'get',
      path: '/tasks/counts',
      summary: 'How many tasks are in which state',
      query: z.strictObject(ofWorkflow),
      answer: TaskCounts,
    },
    ({ query }) => desk.taskCounts(given(query)),
  );
  serve(
    {
      id: 'taskCards',
      method: 'get',
      path: '/tasks/cards',
      summary: 'Tasks as cards of a board, newest first',
      query: z.strictObject({
        ...list,
        ...ofWorkflow,
        state: z.string().max(300).optional().describe('states, separated by commas: ready,working'),
      }),
      answer: page(TaskCard),
    },
    ({ query: { state, ...query } }) => desk.taskCards({ ...given(query), ...statesOf(state) }),
  );
  serve(
    {
      id: 'limits',
      method: 'get',
      path: '/limits',
      summary: 'What was last told of the limits of providers, such as the windows of a plan',
      answer: page(LimitWindow),
    },
    async () => ({ items: await desk.limits(), next: null }),
  );
  serve(
    {
      id: 'budget',
      method: 'get',
      path: '/budget',
      summary: 'What calls to models took today, and what they may',
      answer: DayBudget,
    },
    () => desk.budget(),
  );
  serve(
    {
      id: 'figures',
      method: 'get',
      path: '/system/figures',
      summary: 'What happened in the last hour, day or seven days, folded from the log',
      query: z.strictObject({ window: FiguresWindow.optional().describe('default: 1h') }),
      answer: Figures,
    },
    ({ query }) => desk.figures(given(query)),
  );
};
