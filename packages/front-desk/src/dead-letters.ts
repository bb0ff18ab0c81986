import { newId, type Bus } from '@hive/bus';
import type { Head, Store } from '@hive/core-db';
import { HiveError, isHiveError } from '@hive/errors';
import {
  Id,
  streams,
  type DeadLetter,
  type DeadLetterDetail,
  type DeadLetterFilter,
  type DeadLetterOutcome,
  DeadLetterRequest,
  type Desk,
  type HiveEvent,
  type NewEvent,
  type TaskView,
} from '@hive/events';
import type { Commands } from './commands.ts';
import { assertRetriable } from './decisions.ts';
import { findHead } from './find-id.ts';
import { pageLimit, pageOf } from './page.ts';
import { parseAs } from './parse-as.ts';

const many = 10_000;
const pageSize = 500;
const defaultLimit = 100;
const states = ['dead_lettered', 'failed'];
const isLetter = ({ state, discarded }: TaskView): boolean => states.includes(state) && !discarded;

type Verbs = Pick<Desk, 'deadLetters' | 'deadLetter' | 'redrive' | 'discard'>;
type Tasks = Pick<Desk, 'retry' | 'cancelTask'>;

/** What was given up and is kept: how it is looked at, tried again, or dropped. */
export const createDeadLetters = (bus: Bus, { command }: Commands, tasks: Tasks): Verbs => {
  const { store } = bus;

  const eventLetters = async (): Promise<DeadLetter[]> => {
    const rows = await store.deadLetters(many);
    return Promise.all(
      rows.map(async ({ subscription, eventId, error, attempts, at }): Promise<DeadLetter> => {
        const event = await store.event(eventId);
        const what = event?.type ?? 'an event that is not there';
        const workflowId = event?.correlationId ?? null;
        return {
          id: eventId,
          kind: 'event',
          what,
          subscription,
          workflowId,
          status: 'given up',
          code: null,
          error,
          attempts,
          at,
        };
      }),
    );
  };

  /** Those that fit, in the order of the list, until the reader has enough. */
  async function* fitting(filter: DeadLetterFilter, after?: string): AsyncGenerator<DeadLetter> {
    const workflowId = filter.workflow === undefined ? null : (await findHead(store, 'workflow', filter.workflow)).id;
    const fits = (letter: DeadLetter): boolean =>
      (workflowId === null || letter.workflowId === workflowId) &&
      (filter.subscription === undefined || letter.subscription === filter.subscription) &&
      (filter.code === undefined || letter.code === filter.code);
    let before: string | undefined;
    if (filter.kind !== 'task') {
      const letters = await eventLetters();
      const index = letters.findIndex((letter) => letter.id === after);
      if (after === undefined || index >= 0) yield* letters.slice(index + 1).filter(fits);
      else before = after;
    } else before = after;
    if (filter.kind === 'event') return;
    for await (const task of taskLetters(store, { workflowId, before })) {
      const letter = ofTask(task);
      if (fits(letter)) yield letter;
    }
  }

  const take = async (letters: AsyncGenerator<DeadLetter>, most: number): Promise<DeadLetter[]> => {
    const taken: DeadLetter[] = [];
    for await (const letter of letters) if (taken.push(letter) >= most) break;
    return taken;
  };

  const one = async (text: string): Promise<DeadLetter> => {
    const ending = text.trim().toLowerCase();
    const found = (await eventLetters()).filter((letter) => letter.id.endsWith(ending) && ending !== '');
    if (found.length > 1)
      throw new HiveError('input.unknown_id', `${text} could be ${found.length} dead letters; give more of the id`, {
        details: { kind: 'dead letter', id: text, candidates: found.map((letter) => letter.id) },
      });
    if (found[0]) return found[0];
    const view = await findHead(store, 'task', text).then(
      (head) => head.view,
      (error: unknown) => {
        if (isHiveError(error) && error.details['candidates'] !== undefined) throw error;
        return null;
      },
    );
    if (view && isLetter(view)) return ofTask(view);
    throw new HiveError('input.unknown_id', `There is no dead letter ${text}; hive dead-letters shows them all`, {
      details: { kind: 'dead letter', id: text },
    });
  };

  /** Does it for each, and says which could not be done; `look` throws what `act` would throw, for a dry run. */
  const forEach = async (
    asked: DeadLetterRequest,
    act: (letter: DeadLetter) => Promise<unknown>,
    look: (letter: DeadLetter) => Promise<unknown>,
  ): Promise<DeadLetterOutcome> => {
    const request = parseAs(DeadLetterRequest, asked, 'The request');
    const { id, all, limit = defaultLimit, dryRun = false, note: _, by: __, ...filter } = request;
    const isFiltered = Object.keys(filter).length > 0;
    if (id !== undefined && (isFiltered || all))
      throw new HiveError('input.invalid', 'Give an id or a condition, not both');
    if (id === undefined && !isFiltered && !all)
      throw new HiveError('input.invalid', 'Say which dead letters: an id, a condition, or all of them');
    const items: DeadLetter[] = [];
    const skipped: { id: string; reason: string }[] = [];
    for await (const letter of id === undefined ? fitting(filter) : [await one(id)]) {
      if (items.length === limit) return { items, skipped, left: true, dryRun };
      try {
        await (dryRun ? look : act)(letter);
        items.push(letter);
      } catch (error) {
        if (id !== undefined || !isHiveError(error) || error.code !== 'input.state') throw error;
        skipped.push({ id: letter.id, reason: error.message });
      }
    }
    return { items, skipped, left: false, dryRun };
  };

  const discardTask = ({ id, workflowId, status }: DeadLetter, by: string | undefined): Promise<unknown> => {
    if (status === 'given up') return tasks.cancelTask(id);
    const stream = streams.task(id);
    const data = { taskId: id, ...(by !== undefined && { by }) };
    return command([{ type: 'task.discarded', stream, data }], workflowId ?? id, stream);
  };

  const tell = async (type: 'system.redriven' | 'system.discarded', letter: DeadLetter, by: string | undefined) => {
    const subscription = letter.subscription ?? '';
    const event: NewEvent = {
      type,
      stream: streams.system,
      data: { subscription, eventId: letter.id, ...(by !== undefined && { by }) },
    };
    const takeDeadLetters = [{ subscription, eventId: letter.id }];
    await bus.command({ on: null, correlationId: newId(), events: [event], takeDeadLetters });
  };

  return {
    deadLetters: async ({ after, limit: asked, ...filter } = {}) => {
      if (after !== undefined && !Id.safeParse(after).success)
        throw new HiveError('input.invalid', `A list of dead letters does not go on after ${after}`);
      const limit = pageLimit(asked);
      const rows = await take(fitting(filter, after), limit + 1);
      return pageOf(rows, limit, { key: (letter) => letter.id, item: (letter) => letter });
    },
    deadLetter: async (text) => {
      const letter = await one(text);
      return { ...letter, history: await historyOf(bus, letter) };
    },
    redrive: (request) =>
      forEach(
        request,
        (letter) =>
          letter.kind === 'event'
            ? tell('system.redriven', letter, request.by)
            : tasks.retry(letter.id, request.note === undefined ? {} : { note: request.note }),
        async (letter) => letter.kind === 'event' || (await assertRetriable(store, letter.id)),
      ),
    discard: (request) =>
      forEach(
        request,
        (letter) =>
          letter.kind === 'event' ? tell('system.discarded', letter, request.by) : discardTask(letter, request.by),
        () => Promise.resolve(), // whatever is on the list can be dropped
      ),
  };
};

/** How many are on the list; at most 10,000 of each kind are counted. */
export const countDeadLetters = async (store: Store): Promise<number> => {
  let tasks = 0;
  for await (const _ of taskLetters(store)) if (++tasks === many) break;
  return (await store.deadLetters(many)).length + tasks;
};

/** Tasks that are dead letters, newest first. */
async function* taskLetters(
  store: Store,
  {
    workflowId = null,
    before: start,
  }: { readonly workflowId?: string | null; readonly before?: string | undefined } = {},
): AsyncGenerator<TaskView> {
  for (let before = start; ;) {
    const heads: readonly Head[] = await store.listHeads({
      kind: 'task',
      states,
      limit: pageSize,
      ...(workflowId !== null && { correlationId: workflowId }),
      ...(before !== undefined && { before }),
    });
    yield* heads.map((head) => head.view as TaskView).filter(isLetter); // heads of kind task
    before = heads.at(-1)?.id;
    if (heads.length < pageSize) return;
  }
}

const ofTask = (task: TaskView): DeadLetter => ({
  id: task.id,
  kind: 'task',
  what: task.spec.title,
  subscription: null,
  workflowId: task.workflowId,
  status: task.state === 'dead_lettered' ? 'given up' : 'failed',
  code: task.code,
  error: task.reason ?? '',
  attempts: task.attempts,
  at: task.settledAt ?? task.changedAt,
});

/** What led there: the attempts of a task, or the event that could not be handled and how often it was redriven. */
const historyOf = async ({ store }: Bus, letter: DeadLetter): Promise<DeadLetterDetail['history'][number][]> => {
  if (letter.kind === 'task') {
    const { events } = await store.events({ stream: streams.task(letter.id), newest: true, limit: 200 });
    return events.toReversed().map(told);
  }
  const event = await store.event(letter.id);
  const { events } = await store.events({ types: ['system.redriven'], newest: true, limit: 1000 });
  const redrives = events.filter(
    (it) =>
      it.type === 'system.redriven' && it.data.eventId === letter.id && it.data.subscription === letter.subscription,
  );
  return [...(event ? [told(event)] : []), ...redrives.toReversed().map(told)];
};

const told = (event: HiveEvent) => {
  const data = event.data as Readonly<Record<string, unknown>>; // every payload is an object
  const words = ['step', 'attempt', 'agent', 'code', 'reason', 'by'].flatMap((name) => {
    const value = data[name];
    return typeof value === 'string' || typeof value === 'number' ? [`${name} ${value}`] : [];
  });
  return { at: event.at, type: event.type, text: words.join(', ') };
};
