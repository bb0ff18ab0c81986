import type { SubmitRequest } from '@hive/events';
import type { RoomDesk } from './desk.ts';

/** Work that was handed in on this device while Hive was away. */
export type QueuedWork = {
  /** Made with the form: however often it is sent, it is handed in once. */
  readonly key: string;
  readonly request: SubmitRequest;
  readonly timing: { readonly at: string } | { readonly cron: string; readonly zone: string } | null;
  /** When it was handed in here (ms since 1970). */
  readonly queuedAt: number;
  /** What Hive said when it was sent and could not be accepted; null while it waits. */
  readonly refused: { readonly code: string; readonly message: string } | null;
};

/** Hands work in, or leaves it with Hive for later. */
export const sendWork = async (
  desk: Pick<RoomDesk, 'submit' | 'schedule'>,
  { key, request, timing }: Pick<QueuedWork, 'key' | 'request' | 'timing'>,
): Promise<{ readonly workflow: string } | { readonly schedule: string; readonly next: string | null }> => {
  if (timing === null) return { workflow: (await desk.submit(request, { key })).id };
  const { id, next } = await desk.schedule({ request, ...timing }, { key });
  return { schedule: id, next };
};
