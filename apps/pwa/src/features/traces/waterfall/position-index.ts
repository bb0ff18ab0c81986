import { RowIndex } from './row-index.ts';

/**
 * Finds rows by their positions in the log. Rows come in the order of the log but for rare ones: then their positions are an index already, and
 * nothing has to be made for it. From the first row on that came late, all are looked up in an index of their own.
 */
export class PositionIndex {
  readonly #positionOf: (row: number) => number;
  #size = 0;
  #last = -Infinity;
  /** Null while the rows are in order. */
  #all: RowIndex | null = null;

  constructor(positionOf: (row: number) => number) {
    this.#positionOf = positionOf;
  }

  /** The highest position of a row; -Infinity without rows. */
  get last(): number {
    return this.#last;
  }

  /** The next row. */
  add(row: number): void {
    const position = this.#positionOf(row);
    if (this.#all === null && position < this.#last) {
      this.#all = new RowIndex(this.#positionOf);
      for (let known = 0; known < this.#size; known += 1) this.#all.add(known);
    }
    this.#size += 1;
    this.#all?.add(row);
    if (position > this.#last) this.#last = position;
  }

  /** The row at this position, or -1. */
  find(position: number): number {
    if (position > this.#last || this.#size === 0) return -1;
    if (this.#all !== null) return this.#all.findKey(position);
    // Positions grow by one at least, so so many rows before the last one it is at most; in a log of one trace exactly.
    let [low, high] = [Math.max(0, this.#size - 1 - (this.#last - position)), this.#size - 1];
    if (this.#positionOf(low) === position) return low;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#positionOf(middle) < position) low = middle + 1;
      else high = middle;
    }
    return this.#positionOf(low) === position ? low : -1;
  }
}
