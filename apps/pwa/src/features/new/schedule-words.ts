import type { ScheduleSummary } from '@hive/events';

type When = Pick<ScheduleSummary, 'timing' | 'missed'>;

const late = {
  skip: 'a moment that was missed is left out',
  once: 'moments that were missed are made up for once',
  all: 'moments that were missed are made up for',
} as const;

/** When a schedule hands in its work, in words. `local` writes a moment as this device does. */
export const whenWords = ({ timing, missed }: When, local: (iso: string) => string): string =>
  'at' in timing
    ? `Once, at ${local(timing.at)}`
    : `Again and again: ${timing.cron}, ${timing.zone}; ${late[missed.policy]}`;

/** What became of the last moment that has come; null where none has. */
export const lastWords = ({ last }: Pick<ScheduleSummary, 'last'>): string | null => {
  if (last === null) return null;
  if (last.workflowId !== null) return last.reason === null ? 'handed in' : `not handed in anew: ${last.reason}`;
  return `not handed in: ${[last.code, last.reason].filter(Boolean).join(': ') || 'no reason was recorded'}`;
};
