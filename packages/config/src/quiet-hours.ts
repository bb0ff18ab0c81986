import { z } from 'zod';

/** A span of the day in the local time of Hive's machine, in minutes since midnight; one that ends before it begins goes over midnight. */
export type QuietHours = { readonly from: number; readonly to: number };

const clock = String.raw`([01]\d|2[0-3]):[0-5]\d`;
const Span = z.string().regex(new RegExp(`^${clock}-${clock}$`), 'write a span of the day, e.g. 08:00-18:00');

/** One span or several. */
export const QuietHoursSetting = z.union([Span, z.array(Span).max(20)]);

const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));

/** The spans that a setting means. */
export const quietHoursOf = (setting: z.infer<typeof QuietHoursSetting> | undefined): readonly QuietHours[] =>
  (setting === undefined ? [] : [setting].flat()).map((span) => {
    const [from = '', to = ''] = span.split('-');
    return { from: minutes(from), to: minutes(to) };
  });

/**
 * Until when it is quiet at this moment (milliseconds since 1970); null: it is not. By the clock on the wall of this machine, so a span moves
 * with summer time.
 */
export const quietUntil = (spans: readonly QuietHours[], at: number): number | null => {
  const date = new Date(at);
  const now = date.getHours() * 60 + date.getMinutes();
  const ends = spans.flatMap(({ from, to }) => {
    const isOver = from <= to ? now < from || now >= to : now < from && now >= to;
    if (isOver) return [];
    const end = new Date(at);
    end.setHours(Math.floor(to / 60), to % 60, 0, 0);
    if (end.getTime() <= at) end.setDate(end.getDate() + 1);
    return [end.getTime()];
  });
  return ends.length === 0 ? null : Math.max(...ends);
};
