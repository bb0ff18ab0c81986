import { newId, type Bus } from '@hive/bus';
import { HiveError } from '@hive/errors';
import { QuietRequest, streams, type BoxSummary, type Desk } from '@hive/events';
import type { Door } from './at-the-door.ts';
import { parseAs } from './parse-as.ts';

const dayMs = 86_400_000;
/** Longer than anybody plays; a box that is to stay away for good is removed. */
const longestMs = 31 * dayMs;

/** The boxes of the pool, and how an owner takes one for a while. */
export const createBoxes = (
  { store, command }: Bus,
  { means }: Pick<Door, 'means'>,
): Pick<Desk, 'boxes' | 'quietBox'> => {
  const boxes = async (): Promise<readonly BoxSummary[]> => (await means.boxes?.()) ?? [];
  return {
    boxes,
    quietBox: async (name, asked = {}) => {
      const { until, by } = parseAs(QuietRequest, asked, 'The request');
      const before = (await boxes()).find((it) => it.name === name);
      if (!before) throw unknownBox(name, await boxes());
      const now = await store.now();
      const ends = until ?? now; // a moment that is over gives it back
      if (until !== undefined && (until <= now || Date.parse(until) - Date.parse(now) > longestMs))
        throw new HiveError(
          'input.invalid',
          `${until} is not within the next 31 days; a box that stays away is removed`,
        );
      const data = { name, until: ends, ...(by !== undefined && { by }) };
      await command({
        on: null,
        correlationId: newId(),
        events: [{ type: 'box.quieted', stream: streams.box(name), data }],
      });
      return (await boxes()).find((it) => it.name === name) ?? before;
    },
  };
};

const unknownBox = (name: string, all: readonly BoxSummary[]): HiveError =>
  new HiveError(
    'input.unknown_id',
    `There is no box ${name}; ${all.length === 0 ? 'none is configured' : `there are ${all.map((it) => it.name).join(', ')}`}`,
  );
