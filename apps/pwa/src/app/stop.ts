import type { RoomDesk } from '../data/desk.ts';
import { askFirst } from '../ui/ask-first.ts';
import { count } from '../ui/duration.ts';
import { toast } from '../ui/toast.ts';

const said = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The stop button: asks first and says what still runs to its end. Answers whether everything is paused now. */
export const pauseAll = async (desk: RoomDesk): Promise<boolean> => {
  const running = await desk.health().then(
    ({ steps }) => steps['claimed'] ?? 0,
    () => null,
  );
  const ending =
    running === null
      ? 'Steps that run now may end.'
      : running === 0
        ? 'No step runs at this moment.'
        : `${count(running, 'step')} that ${running === 1 ? 'runs' : 'run'} now may end.`;
  const answer = await askFirst({
    heading: 'Pause everything?',
    said: `Within two seconds no step is begun anywhere, until you resume. ${ending}`,
    action: 'Pause all',
    tone: 'danger',
    note: { label: 'Why (shown to whoever looks)' },
  });
  if (answer === null) return false;
  try {
    await desk.pauseSystem(answer.note === '' ? {} : { reason: answer.note });
    toast('Everything is paused');
    return true;
  } catch (error) {
    toast(`Not paused: ${said(error)}`, 'failed');
    return false;
  }
};

/** Lifts every pause of the system. */
export const resumeAll = async (desk: RoomDesk): Promise<void> => {
  try {
    await desk.resumeSystem({});
    toast('Work goes on');
  } catch (error) {
    toast(`Not resumed: ${said(error)}`, 'failed');
  }
};
