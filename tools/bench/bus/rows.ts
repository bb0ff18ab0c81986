import type { Row, Scale } from './row.ts';
import { appendsRow } from './rows/appends.ts';
import { backlogRow } from './rows/backlog.ts';
import { crashRow } from './rows/crash.ts';
import { cursorRows } from './rows/cursor.ts';
import { drainRow } from './rows/drain.ts';
import { enqueueRows } from './rows/enqueue.ts';
import { latencyRows } from './rows/latency.ts';
import { sqliteRows } from './rows/sqlite.ts';
import { traceRows } from './rows/trace.ts';

/** Every row of the bench in the order of the table. */
export const rowsOf = (scale: Scale): readonly Row[] => [
  drainRow,
  ...enqueueRows,
  ...latencyRows,
  appendsRow,
  backlogRow,
  crashRow,
  ...traceRows(scale),
  ...sqliteRows,
  ...cursorRows,
];
