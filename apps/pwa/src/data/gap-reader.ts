import type { HiveEvent } from '@hive/events';
import type { RoomDesk } from './desk.ts';

/** Reads what the stream had to leave out, page by page, both positions included. */
export const gapReader =
  (desk: Pick<RoomDesk, 'events'>) =>
  async (from: number, to: number): Promise<readonly HiveEvent[]> => {
    const found: HiveEvent[] = [];
    for (let after = from - 1; after < to;) {
      const { items } = await desk.events({ after, limit: 500 });
      found.push(...items.filter((event) => event.position <= to));
      const last = items.at(-1);
      if (!last) break;
      after = last.position;
    }
    return found;
  };
