import type { Place } from './contender.ts';
import type { Scale } from './row.ts';
import { rowsOf } from './rows.ts';

/** One run: one row, one variant, one fresh database. */
export type MeasureOrder = {
  readonly row: string;
  readonly variant: string;
  readonly place: Place;
  readonly scale: Scale;
};

// Every run has a process of its own, so that no contender inherits the heap, the compiled code or the timers of another one.
const { row, variant, place, scale } = JSON.parse(process.argv[2] ?? '{}') as MeasureOrder;
const answer = async (): Promise<unknown> => {
  try {
    const found = rowsOf(scale).find((it) => it.name === row);
    if (!found) throw new Error(`there is no row ${row}`);
    return { value: await found.measure(variant, place, scale) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
};
process.on('disconnect', () => process.exit(0));
process.send?.(await answer(), () => process.exit(0));
