import { shortId, type Result, type Submitted } from '@hive/events';
import type { Output } from '../terminal/output.ts';
import { oneLine } from '../terminal/visible.ts';

/** The line that says that a goal was accepted, and under which id. */
export const tellAccepted = (out: Output, result: Result): void =>
  out.line(
    `${out.colour.bold(shortId(result.workflow))}  ${oneLine(result.goal)}   (${oneLine(result.repo)} at ${result.base.slice(0, 7)})`,
  );

/** The line that says which workflow kept a new one out by its dedupe key, or made room for it; mostly none. */
export const tellSubmitted = (out: Output, { duplicateOf, replaced = [] }: Submitted): void => {
  if (duplicateOf !== undefined)
    out.note(`Nothing new was handed in: workflow ${shortId(duplicateOf)} has the same dedupe key and is kept`);
  if (replaced.length > 0)
    out.note(`It takes the place of ${replaced.map(shortId).join(' and ')}, which had the same dedupe key`);
};
