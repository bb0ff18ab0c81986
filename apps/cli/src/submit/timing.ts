import { nextTick } from '@hive/bus';
import { HiveError } from '@hive/errors';
import type { MissedPolicy, ScheduleRequest } from '@hive/events';

/** The options that say when, as the command line gives them. */
export type TimingOptions = {
  readonly at?: string;
  readonly cron?: string;
  readonly zone?: string;
  readonly missed?: string;
};

const wrong = (message: string) => new HiveError('input.invalid', message);
const mostMissed = 10;

/** When work is to be handed in; null for now. `now` is ISO, `zone` that of this machine. Throws `input.invalid`. */
export const timingOf = (
  { at, cron, zone, missed }: TimingOptions,
  here: { readonly now: string; readonly zone: string },
): Pick<ScheduleRequest, 'at' | 'cron' | 'zone' | 'missed'> | null => {
  if (at !== undefined && cron !== undefined) throw wrong('Give --at or --cron, not both');
  const policy = missed === undefined ? {} : { missed: missedOf(missed) };
  if (at !== undefined) return { at: momentOf(at, { ...here, zone: zone ?? here.zone }), ...policy };
  if (cron !== undefined) return { cron, zone: zone ?? here.zone, ...policy };
  if (zone !== undefined || missed !== undefined) throw wrong('--zone and --missed need --at or --cron');
  return null;
};

const missedOf = (text: string): MissedPolicy => {
  const [, policy, most] = /^(skip|once|all)(?::(\d{1,3}))?$/.exec(text) ?? [];
  if (policy === 'all' && Number(most ?? mostMissed) >= 1 && Number(most ?? mostMissed) <= 100)
    return { policy, most: Number(most ?? mostMissed) };
  if ((policy === 'skip' || policy === 'once') && most === undefined) return { policy };
  throw wrong(`--missed takes skip, once, all or all:N (at most 100), and found ${text}`);
};

/** `+2h`, `22:30` (the next one), `2030-01-31 22:30` on the clock of the zone, or a moment with its offset. */
export const momentOf = (
  text: string,
  { now, zone, flag = '--at' }: { readonly now: string; readonly zone: string; readonly flag?: string },
): string => {
  const [, figure, unit] = /^\+(\d{1,6})(m|h|d)$/.exec(text) ?? [];
  if (figure !== undefined)
    return new Date(
      Date.parse(now) + Number(figure) * ({ m: 60, h: 3600, d: 86_400 }[unit ?? 'm'] ?? 60) * 1000,
    ).toISOString();
  const [, date, hour, minute] = /^(?:(\d{4}-\d{2}-\d{2})[T ])?(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (hour !== undefined && Number(hour) < 24 && Number(minute) < 60)
    return date === undefined
      ? clockTime(`${Number(minute)} ${Number(hour)} * * *`, now, zone)
      : dayTime(date, `${Number(minute)} ${Number(hour)}`, zone, `${flag} ${text}`);
  if (/([zZ]|[+-]\d{2}:?\d{2})$/.test(text) && Number.isFinite(Date.parse(text))) return new Date(text).toISOString();
  throw wrong(`${flag} ${text} is no moment; write +2h, 22:30, "2030-01-31 22:30" or 2030-01-31T22:30:00Z`);
};

const clockTime = (cron: string, after: string, zone: string): string => {
  try {
    return nextTick({ cron, zone }, after) ?? '';
  } catch {
    throw wrong(`There is no time zone ${zone}; name one as the IANA does, for example Europe/Berlin or UTC`);
  }
};

/** A time that the clock leaps over on that day is the first one after the leap, as for cron fields. */
const dayTime = (date: string, clock: string, zone: string, text: string): string => {
  const midnight = Date.parse(`${date}T00:00:00Z`);
  const [year, month, day] = date.split('-').map(Number);
  if (!Number.isFinite(midnight) || new Date(midnight).getUTCDate() !== day)
    throw wrong(`${text}: there is no such day`);
  const moment = clockTime(`${clock} ${day} ${month ?? 0} *`, new Date(midnight - 36 * 3_600_000).toISOString(), zone);
  if (Math.abs(Date.parse(moment) - midnight) > 60 * 3_600_000)
    throw wrong(`${text}: there is no such day in ${year ?? ''}`);
  return moment;
};
