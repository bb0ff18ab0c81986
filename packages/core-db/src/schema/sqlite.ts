import { columns } from './columns.ts';
import { defineTables } from './tables.ts';

export const { event, streamHead, step, subscription, deadLetter, trace, agent, meta } = defineTables(columns.sqlite);
