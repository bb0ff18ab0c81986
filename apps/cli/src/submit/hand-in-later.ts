import type { ScheduleRequest } from '@hive/events';
import { shortId } from '@hive/events';
import type { Cli } from '../cli.ts';
import { whenText } from '../commands/schedules.ts';
import { remoteAccess } from '../desk/access.ts';
import { personHere } from '../person.ts';
import { oneLine } from '../terminal/visible.ts';
import { whileWaiting } from '../terminal/while-waiting.ts';
import { accessBeside } from './follow-through.ts';

/** Leaves a request with Hive for later; it is looked at now, so that what is wrong with it is told now. */
export const handInLater = async (cli: Cli, scheduled: ScheduleRequest): Promise<number> => {
  const { out } = cli;
  const config = await cli.config();
  const access = remoteAccess(config) ?? (await accessBeside(scheduled.request.repo, config, cli));
  try {
    const asked = access.desk.schedule({ ...scheduled, by: personHere() });
    const made = await whileWaiting(out, 'looking at what was handed in', asked);
    out.document(made);
    out.line(
      `${out.colour.bold(shortId(made.id))}  ${oneLine(made.goal)}   (${whenText(made)}; next ${made.next ?? 'never'})`,
      `Remove it with hive schedules remove ${shortId(made.id)}`,
    );
    if (!(await access.isStaffed()))
      out.note('Hive is not running, and only a running one hands it in; hive up starts it');
    return 0;
  } finally {
    await access.close();
  }
};
