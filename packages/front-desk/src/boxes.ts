import { newId, type Bus } from '@hive/bus';
import { HiveError } from '@hive/errors';
import { QuietRequest, streams, ToolsRequest, type BoxSummary, type Desk } from '@hive/events';
import type { Door } from './at-the-door.ts';
import { parseAs } from './parse-as.ts';

const dayMs = 86_400_000;
/** Longer than anybody plays; a box that is to stay away for good is removed. */
const longestMs = 31 * dayMs;

/** The boxes of the pool, how an owner takes one for a while, and what a trial of a model there has shown. */
export const createBoxes = (
  { store, command }: Bus,
  { means }: Pick<Door, 'means'>,
): Pick<Desk, 'boxes' | 'quietBox' | 'tellTools'> => {
  const boxes = async (): Promise<readonly BoxSummary[]> => (await means.boxes?.()) ?? [];
  const named = async (name: string): Promise<BoxSummary> => {
    const all = await boxes();
    const found = all.find((it) => it.name === name);
    if (!found) throw unknownBox(name, all);
    return found;
  };
  return {
    boxes,
    tellTools: async (name, asked) => {
      const { by, ...tried } = parseAs(ToolsRequest, asked, 'The request');
      const known = (await named(name)).models.find(({ digest }) => digest === tried.digest)?.toolsLearnt;
      if (known?.calls !== tried.calls)
        await command({
          on: null,
          correlationId: newId(),
          events: [{ type: 'box.tools_learnt', stream: streams.box(name), data: learntBy(name, tried, by) }],
        });
      return named(name);
    },
    quietBox: async (name, asked = {}) => {
      const { until, by } = parseAs(QuietRequest, asked, 'The request');
      await named(name);
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
      return named(name);
    },
  };
};

const learntBy = (name: string, tried: Omit<ToolsRequest, 'by'>, by: string | undefined) => ({
  name,
  ...tried,
  because: `it ${tried.calls ? 'called a tool' : 'called none'} when it was tried`,
  ...(by !== undefined && { by }),
});

const unknownBox = (name: string, all: readonly BoxSummary[]): HiveError =>
  new HiveError(
    'input.unknown_id',
    `There is no box ${name}; ${all.length === 0 ? 'none is configured' : `there are ${all.map((it) => it.name).join(', ')}`}`,
  );
