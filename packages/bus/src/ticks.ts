import { Cron } from 'croner';
import { HiveError } from '@hive/errors';
import type { MissedPolicy, Timing } from '@hive/events';

/** A moment that is answered within this time was not missed. */
const lateMs = 60_000;

/** Longer than any change of a clock. */
const changeMs = 3 * 60 * 60_000;

const invalid = (message: string) => new HiveError('input.invalid', message);

const cronOf = (cron: string, zone: string): Cron => new Cron(cron, { timezone: zone, paused: true, mode: '5-part' });

/** Throws `input.invalid` for a zone that nobody knows, for what are not five cron fields, and for fields that never come true. */
export const assertTiming = (timing: Timing): void => {
  if ('at' in timing) return;
  const { cron, zone } = timing;
  if (!isZone(zone))
    throw invalid(`There is no time zone ${zone}; name one as the IANA does, for example Europe/Berlin or UTC`);
  if (cron.trim().split(/\s+/).length !== 5)
    throw invalid(
      `"${cron}" has to have five fields (minute, hour, day of the month, month, day of the week), for example "0 22 * * 1-5"`,
    );
  let next: Date | null;
  try {
    next = cronOf(cron, zone).nextRun(new Date(0));
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    throw invalid(`"${cron}" is no cron expression: ${why}`);
  }
  if (next === null) throw invalid(`"${cron}" never comes: no day fits it`);
};

const isZone = (zone: string): boolean => {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return /^[A-Za-z]/.test(zone);
  } catch {
    return false;
  }
};

/**
 * The next moment after `after` (ISO), null when none will come. Fields are read on the clock of the zone: a time that the clock leaps over
 * comes at the first moment after the leap, one that it shows twice comes the first time only.
 */
export const nextTick = (timing: Timing, after: string): string | null => {
  if ('at' in timing) return timing.at > after ? timing.at : null;
  const cron = cronOf(timing.cron, timing.zone);
  const offset = offsetIn(timing.zone);
  let tick = cron.nextRun(new Date(after));
  while (tick !== null && isRepeated(tick, offset)) tick = cron.nextRun(tick);
  return tick?.toISOString() ?? null;
};

/** The last `most` moments after `since` and up to `until`, oldest first. */
export const lastTicks = (
  timing: Timing,
  { since, until, most }: { since: string; until: string; most: number },
): string[] => {
  if ('at' in timing) return timing.at > since && timing.at <= until ? [timing.at] : [];
  const cron = cronOf(timing.cron, timing.zone);
  const offset = offsetIn(timing.zone);
  const found: string[] = [];
  // The moment before a whole second is asked for, and `until` itself may be one.
  let before = new Date(Math.floor(Date.parse(until) / 1000) * 1000 + 1000);
  while (found.length < most) {
    const [tick] = cron.previousRuns(1, before);
    if (!tick || tick.toISOString() <= since) break;
    if (!isRepeated(tick, offset)) found.unshift(tick.toISOString());
    before = tick;
  }
  return found;
};

/** What to do about the moments between the last one that was answered and now: answer these, oldest first, and pass over that one. */
export type Due = { readonly fire: readonly string[]; readonly skip: string | null };

/** Decides by the policy of the schedule. `since` is the last moment that was answered, else when it was made. Pure. */
export const dueTicks = (timing: Timing, missed: MissedPolicy, { since, now }: { since: string; now: string }): Due => {
  const most = missed.policy === 'all' ? missed.most : 1;
  const ticks = lastTicks(timing, { since, until: now, most });
  const [latest] = ticks.slice(-1);
  const isLate = latest !== undefined && Date.parse(now) - Date.parse(latest) > lateMs;
  return missed.policy === 'skip' && isLate ? { fire: [], skip: latest } : { fire: ticks, skip: null };
};

/** How far the clock of a zone is before UTC at a moment, in milliseconds. */
const offsetIn = (zone: string): ((at: number) => number) => {
  const format = new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset', year: 'numeric' });
  return (at) => {
    const name = format.formatToParts(at).find((part) => part.type === 'timeZoneName')?.value ?? '';
    const [, sign, hours = '0', minutes = '0', seconds = '0'] = /([+-])(\d+):(\d+)(?::(\d+))?/.exec(name) ?? [];
    const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
    return sign === '-' ? -ms : ms;
  };
};

/** True when the clock was set back a moment ago and showed this very time before. */
const isRepeated = (tick: Date, offset: (at: number) => number): boolean => {
  const at = tick.getTime();
  const back = offset(at - changeMs) - offset(at);
  return back > 0 && offset(at - back) === offset(at) + back;
};
