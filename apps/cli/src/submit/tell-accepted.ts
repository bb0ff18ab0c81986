import { shortId, type Result } from '@hive/events';
import type { Output } from '../terminal/output.ts';
import { oneLine } from '../terminal/visible.ts';

/** The line that says that a goal was accepted, and under which id. */
export const tellAccepted = (out: Output, result: Result): void =>
  out.line(
    `${out.colour.bold(shortId(result.workflow))}  ${oneLine(result.goal)}   (${oneLine(result.repo)} at ${result.base.slice(0, 7)})`,
  );
