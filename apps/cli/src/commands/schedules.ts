import { HiveError } from '@hive/errors';
import { everyItem, shortId, type ScheduleSummary } from '@hive/events';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { personHere } from '../person.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/visible.ts';
import { cut } from '../terminal/width.ts';

export const schedules = defineCommand<{ readonly all?: boolean }>({
  name: 'schedules',
  args: [
    ['[verb]', 'remove; or the id of one; without it the list'],
    ['[id]', 'of the one that is meant'],
  ],
  says: 'List what is handed in later or again and again (hive run --at, --cron), and remove it',
  options: [{ flags: '--all', says: 'also those that are over' }],
  examples: ['hive schedules', 'hive schedules remove 1a2b3c4d'],
  run: (cli, [first, second], options) =>
    withDesk(cli, async (desk) => {
      const { out } = cli;
      if (first === 'remove') {
        if (second === undefined)
          throw new HiveError('input.invalid', 'Say which schedule: its id (hive schedules shows them all)');
        const removed = await desk.unschedule(second, { by: personHere() });
        out.document(removed);
        out.line(`removed  ${shortId(removed.id)}  ${oneLine(removed.goal)}`);
        return 0;
      }
      if (second !== undefined)
        throw new HiveError('input.invalid', `hive schedules knows remove, and found ${first ?? ''}`);
      if (first !== undefined) {
        const found = await desk.scheduled(first);
        out.document(found);
        out.line(...scheduleTable([found]));
        return 0;
      }
      const list = everyItem((at) => desk.schedules({ ...at, ...(options.all && { all: true }) }));
      const items = await Array.fromAsync(list);
      out.document({ items, next: null });
      out.line(
        ...(items.length === 0
          ? ['Nothing is scheduled; hive run "<goal>" --cron "0 22 * * 1-5" does that']
          : scheduleTable(items)),
      );
      return 0;
    }),
});

const scheduleTable = (items: readonly ScheduleSummary[]): string[] =>
  table(
    ['id', 'when', 'next', 'last', 'goal'],
    items.map((schedule) => [
      shortId(schedule.id),
      whenText(schedule),
      schedule.next ?? schedule.state,
      lastText(schedule),
      cut(oneLine(schedule.goal), 50),
    ]),
  );

/** When a schedule fires, and what becomes of what it missed. */
export const whenText = ({ timing, missed }: Pick<ScheduleSummary, 'timing' | 'missed'>): string => {
  if ('at' in timing) return `at ${timing.at}`;
  const late = {
    skip: 'missed: skipped',
    once: 'missed: once',
    all: missed.policy === 'all' ? `missed: all, up to ${missed.most}` : '',
  };
  return `${oneLine(timing.cron)} ${oneLine(timing.zone)} (${late[missed.policy]})`;
};

const lastText = ({ last }: ScheduleSummary): string => {
  if (last === null) return 'never';
  if (last.workflowId !== null)
    return `${last.tick} → ${shortId(last.workflowId)}${last.reason === null ? '' : ' (kept)'}`;
  return cut(`${last.tick}: ${[last.code, oneLine(last.reason ?? '')].filter(Boolean).join(': ')}`, 70);
};
