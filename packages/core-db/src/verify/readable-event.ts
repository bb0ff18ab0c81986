import type { Row } from '../dialect.ts';
import type { LoggedEvent } from '../port.ts';
import { eventOf } from '../rows.ts';

/** The event of a row. One whose payload is no JSON has that text for its payload: somebody wrote it by hand, and checks must go on. */
export const readableEvent = (row: Row): LoggedEvent => {
  try {
    return eventOf(row);
  } catch {
    return eventOf({ ...row, data: JSON.stringify(row['data']) });
  }
};
