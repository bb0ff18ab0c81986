import { columns } from './columns.ts';
import { defineTables } from './tables.ts';

export const { event, streamHead, step, lane, subscription, deadLetter, trace, agent, meta } = defineTables(
  columns.postgres,
);
