import type { RoomDesk } from '../../data/desk.ts';
import { askFirst } from '../../ui/ask-first.ts';
import { toast } from '../../ui/toast.ts';

/** Asks, and records that a person has seen an alert. True when it was done; it says what came of it. */
export const acknowledge = async (
  desk: Pick<RoomDesk, 'acknowledge'>,
  { alert, message }: { readonly alert: string; readonly message: string },
): Promise<boolean> => {
  const answer = await askFirst({
    heading: 'Acknowledge this alert?',
    said: `${message} It stays in the list as acknowledged until it is resolved. Should it be raised anew, it stands first again.`,
    action: 'Acknowledge',
    note: { label: 'What is done about it (shown to whoever looks)' },
  });
  if (answer === null) return false;
  try {
    await desk.acknowledge({ alert, ...(answer.note !== '' && { reason: answer.note }) });
    toast('Acknowledged');
    return true;
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), 'failed');
    return false;
  }
};
