import { assertTiming, newId, nextTick, type Bus } from '@hive/bus';
import type { Artefacts } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import {
  ScheduleRequest,
  Time,
  streams,
  type Desk,
  type EventOf,
  type MissedPolicy,
  type ScheduleSummary,
  type ScheduleView,
  type Timing,
} from '@hive/events';
import { aboutField } from './about-field.ts';
import { atTheDoor, type Door } from './at-the-door.ts';
import type { Commands } from './commands.ts';
import { called, findHead } from './find-id.ts';
import { firstOf, idOfKey, makeOnce } from './once.ts';
import { pageLimit, pageOf } from './page.ts';
import { parseAs } from './parse-as.ts';

const invalid = (message: string) => new HiveError('input.invalid', message);

/** Work that is handed in later, or again and again: made, looked at, removed. The queen fires it. */
export const createSchedules = (
  bus: Bus,
  { command }: Commands,
  { artefacts, door }: { readonly artefacts: Artefacts; readonly door: Door },
): Pick<Desk, 'schedule' | 'schedules' | 'scheduled' | 'unschedule'> => {
  const { store } = bus;

  const read = async (id: string): Promise<ScheduleSummary> => summaryOf((await findHead(store, 'schedule', id)).view);

  const record = async (input: ScheduleRequest, idFrom: string | undefined): Promise<ScheduleSummary> => {
    const asked = parseAs(ScheduleRequest, input, 'The schedule');
    const { request, missed = once, by } = asked;
    const now = await store.now();
    const timing = await aboutField(asked.cron === undefined ? 'at' : 'cron', () => timingOf(asked, now));
    // Whether a model answers now says nothing about then.
    await atTheDoor(request, { ...door, means: {} });
    const scheduleId = newId();
    const data = {
      scheduleId,
      request: await artefacts.put(JSON.stringify(request)),
      goal: request.goal,
      repo: request.repo,
      timing,
      missed,
      ...(by !== undefined && { by }),
    };
    await bus.command({
      on: null,
      correlationId: scheduleId,
      ...(idFrom !== undefined && { idFrom, commandId: idFrom }),
      events: [{ type: 'schedule.created', stream: streams.schedule(scheduleId), data }],
    });
    return read(scheduleId);
  };

  return {
    schedule: (input, { key } = {}) => {
      if (key === undefined) return record(input, undefined);
      const idFrom = idOfKey('schedule', key);
      return makeOnce({
        before: async () => {
          const event = await firstOf(store, idFrom);
          return event && read((event as EventOf<'schedule.created'>).data.scheduleId);
        },
        make: () => record(input, idFrom),
      });
    },

    schedules: async ({ all = false, after, limit: asked } = {}) => {
      const limit = pageLimit(asked);
      const heads = await store.listHeads({
        kind: 'schedule',
        limit: limit + 1,
        ...(!all && { states: ['active'] }),
        ...(after !== undefined && { before: after }),
      });
      return pageOf(heads, limit, {
        key: (head) => head.id,
        item: (head) => summaryOf(head.view as ScheduleView), // a head of kind schedule
      });
    },

    scheduled: read,

    unschedule: async (text, { by } = {}) => {
      const head = await findHead(store, 'schedule', text);
      if (head.view.state !== 'active')
        throw new HiveError('input.state', `Schedule ${called(head)} is ${head.view.state} already`);
      const data = { scheduleId: head.id, ...(by !== undefined && { by }) };
      await command([{ type: 'schedule.removed', stream: head.stream, data }], head.id, head.stream);
      return read(head.id);
    },
  };
};

const once: MissedPolicy = { policy: 'once' };

const timingOf = ({ at, cron, zone }: ScheduleRequest, now: string): Timing => {
  if ((at === undefined) === (cron === undefined))
    throw invalid('A schedule has a moment (at) or cron fields, one of them');
  if (at !== undefined) {
    if (zone !== undefined) throw invalid('A moment is given in UTC or with its offset, and takes no zone');
    if (!Time.safeParse(at).success && !Number.isFinite(Date.parse(at)))
      throw invalid(`${at} is no moment; write for example 2030-01-31T22:00:00Z`);
    const moment = new Date(at).toISOString();
    if (moment <= now) throw invalid(`${at} has passed; it is ${now}`);
    return { at: moment };
  }
  const timing = { cron: (cron ?? '').trim().split(/\s+/).join(' '), zone: zone ?? 'UTC' };
  assertTiming(timing);
  return timing;
};

/** The last moment that was answered, else when the schedule was made: what comes after it is still to come. */
export const answeredUntil = ({ last, createdAt }: ScheduleView): string => last?.tick ?? createdAt;

const summaryOf = (view: ScheduleView): ScheduleSummary => {
  const { request: _, ...shown } = view;
  return { ...shown, next: view.state === 'active' ? nextTick(view.timing, answeredUntil(view)) : null };
};
