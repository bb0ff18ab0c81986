import { derivedId, dueTicks, nextTick, readPauses, type Bus } from '@hive/bus';
import type { Artefacts, Head } from '@hive/core-db';
import { HiveError, hasCode, isHiveError, type Code, beginningOf } from '@hive/errors';
import { SubmitRequest, shortId, streams, type ScheduleView } from '@hive/events';
import type { Door } from './at-the-door.ts';
import { answeredUntil } from './schedules.ts';
import { createSubmit } from './submit.ts';

const many = 10_000;
/** How long a moment is tried again for, when what kept it from being accepted may pass. */
const patienceMs = 10 * 60_000;
const againMs = 10_000;

type Answer = { readonly workflowId: string | null; readonly code: Code | null; readonly reason: string | null };

/** Hands in what schedules ask for. Any number of processes may do it: the workflow of a moment has an id of that moment, and is made once. */
export type Firing = {
  /** Answers each moment that has come; how many there were. Nothing is fired while everything is paused. */
  fireDue(): Promise<number>;
};

/** Fires schedules over a store. What is asked for goes through the door anew, with the means of this process. */
export const createFiring = (bus: Bus, artefacts: Artefacts, door: Door): Firing => {
  const { store } = bus;
  const submit = createSubmit(bus, artefacts, door);
  /** Until when there is nothing to do about a schedule as it stands, by its stream; so that cron fields are not read twice a second. */
  const quiet = new Map<string, { readonly version: number; readonly until: string }>();
  const isQuiet = ({ stream, version }: Head, now: string): boolean => {
    const known = quiet.get(stream);
    return known?.version === version && known.until > now;
  };

  const answer = async (view: ScheduleView, tick: string, now: string): Promise<Answer | 'later'> => {
    try {
      const bytes = await artefacts.get(view.request);
      if (!bytes)
        throw new HiveError('infra.disk', `The request of schedule ${shortId(view.id)} is not there any more`);
      const request = SubmitRequest.parse(JSON.parse(Buffer.from(bytes).toString('utf8')));
      const { id, duplicateOf } = await submit(request, {
        key: `schedule ${view.id} ${tick}`,
        schedule: { id: view.id, tick },
      });
      const reason =
        duplicateOf === undefined ? null : 'One with the same dedupe key is kept, and nothing was handed in';
      return { workflowId: id, code: null, reason };
    } catch (error) {
      const known = isHiveError(error) ? error : null;
      if (known?.remedy === 'retry' && Date.parse(now) - Date.parse(tick) < patienceMs) return 'later';
      return {
        workflowId: null,
        code: known?.code ?? 'internal',
        reason: beginningOf(error instanceof Error ? error.message : String(error), 4000),
      };
    }
  };

  const tell = async (view: ScheduleView, tick: string, answered: Answer): Promise<boolean> => {
    const stream = streams.schedule(view.id);
    try {
      await bus.command({
        on: stream,
        correlationId: view.id,
        idFrom: derivedId(view.id, `fired ${tick}`),
        events: [
          {
            type: 'schedule.fired',
            stream,
            data: { scheduleId: view.id, tick, ...answered, last: nextTick(view.timing, tick) === null },
          },
        ],
      });
      return true;
    } catch (error) {
      // Another process answered this moment, or somebody removed the schedule.
      if (hasCode(error, 'transition.refused') || hasCode(error, 'event.id_reused')) return false;
      throw error;
    }
  };

  const fire = async (head: Head, now: string): Promise<number> => {
    const view = head.view as ScheduleView; // a head of kind schedule
    if (isQuiet(head, now)) return 0;
    const rest = (until: string) => quiet.set(head.stream, { version: head.version, until });
    const { fire: ticks, skip } = dueTicks(view.timing, view.missed, { since: answeredUntil(view), now });
    let fired = 0;
    if (skip !== null)
      await tell(view, skip, { workflowId: null, code: null, reason: 'It was missed, and what is missed is skipped' });
    for (const tick of ticks) {
      const answered = await answer(view, tick, now);
      if (answered === 'later') {
        rest(new Date(Date.parse(now) + againMs).toISOString());
        return fired;
      }
      if (await tell(view, tick, answered)) fired += 1;
    }
    const next = ticks.length > 0 || skip !== null ? null : nextTick(view.timing, now);
    if (next !== null) rest(next);
    return fired;
  };

  return {
    fireDue: async () => {
      const heads = await store.listHeads({ kind: 'schedule', states: ['active'], limit: many });
      if (heads.length === 0) return 0;
      const now = await store.now();
      if (heads.every((head) => isQuiet(head, now))) return 0;
      if ((await readPauses(store)).all) return 0;
      let fired = 0;
      for (const head of heads) fired += await fire(head, now);
      return fired;
    },
  };
};
