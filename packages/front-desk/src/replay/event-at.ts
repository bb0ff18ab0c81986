import { HiveError } from '@hive/errors';
import { shortId, type HiveEvent } from '@hive/events';

/** The event of a trace that a position, a whole id or a unique ending of one means. Throws `input.unknown_id`. */
export const eventAt = (events: readonly HiveEvent[], text: string): HiveEvent => {
  const asked = text.trim().toLowerCase();
  const found = events.filter(
    ({ id, position }) => String(position) === asked || (asked.length >= 6 && id.endsWith(asked)),
  );
  const [event, another] = found;
  if (event && !another) return event;
  const bounds = [events[0], events.at(-1)].map((it) => `${it?.position ?? ''}`).join(' to ');
  throw new HiveError(
    'input.unknown_id',
    event
      ? `${text} could be ${found.map(({ id }) => shortId(id)).join(' or ')}; give more of the id's last characters`
      : `The workflow has no event ${text}; hive trace --json shows its events, which lie at positions from ${bounds}`,
  );
};
