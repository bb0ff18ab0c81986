import type { BoxSummary } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { askFirst } from '../../ui/ask-first.ts';
import { toast } from '../../ui/toast.ts';

const defaultHours = 4;
const mostHours = 31 * 24;

/** For how many hours, as a person wrote it; null for what is no number from a quarter to 31 days. */
export const hoursOf = (text: string): number | null => {
  const hours = text.trim() === '' ? defaultHours : Number(text.trim().replace(',', '.'));
  return Number.isFinite(hours) && hours >= 0.25 && hours <= mostHours ? hours : null;
};

/** Asks and then takes a box for its owner, or gives it back. True when something was done; it says what came of it. */
export const quietBox = async (desk: Pick<RoomDesk, 'quietBox'>, box: BoxSummary): Promise<boolean> => {
  const isBack = box.quietUntil !== null;
  const answer = await askFirst(
    isBack
      ? { heading: `Give ${box.title} back?`, said: 'Hive sends calls to it again, at once.', action: 'Give it back' }
      : {
          heading: `Take ${box.title} for a while?`,
          said: 'Hive sends it no further call until then. What runs there may end; other boxes go on.',
          action: 'Take it',
          note: { label: `For how many hours? Empty: ${defaultHours}` },
        },
  );
  if (!answer) return false;
  const hours = isBack ? 0 : hoursOf(answer.note);
  if (hours === null) {
    toast(`“${answer.note}” is not a number of hours up to ${mostHours}`, 'failed');
    return false;
  }
  try {
    const until = new Date(Date.now() + hours * 3_600_000).toISOString();
    const now = await desk.quietBox(box.name, isBack ? { by: 'control room' } : { until, by: 'control room' });
    toast(
      now.quietUntil === null
        ? `${box.title} works for Hive again`
        : `${box.title} is yours until ${new Date(now.quietUntil).toLocaleString()}`,
    );
    return true;
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), 'failed');
    return false;
  }
};
