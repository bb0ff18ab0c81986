import { none } from './subject-bars.ts';
import type { TraceStore } from './trace-store.ts';

/** Which rows are shown, from the top; `indexOf` answers the place of a row, or -1. */
export class RowLayout {
  visible = new Uint32Array(0);
  count = 0;
  /** How many rows fit the filter; all of them without one. */
  fitting = 0;
  #places = new Int32Array(0);

  /**
   * Goes through the tree once. Below a row of `shut` nothing is shown. With `fits` only rows that fit and what lies above them are, and `shut` is
   * left aside: who searches wants to see what was found.
   */
  update(store: TraceStore, shut: ReadonlySet<number>, fits: Uint8Array | null): void {
    if (this.visible.length < store.rows) {
      this.visible = new Uint32Array(store.at.length);
      this.#places = new Int32Array(store.at.length);
    }
    const kept = fits === null ? null : this.#withAncestors(store, fits);
    this.fitting = fits === null ? store.rows - store.unplaced : this.fitting;
    const { firstChild, nextSibling, parent } = store;
    const { visible } = this;
    const places = this.#places.fill(-1, 0, store.rows);
    let count = 0;
    let row = store.firstRoot;
    while (row !== none) {
      let below: number = none;
      if (kept === null || kept[row] === 1) {
        visible[count] = row;
        places[row] = count++;
        if (kept !== null || !shut.has(row)) below = firstChild[row] as number;
      }
      if (below !== none) {
        row = below;
        continue;
      }
      while (row !== none && nextSibling[row] === none) row = parent[row] as number;
      if (row !== none) row = nextSibling[row] as number;
    }
    this.count = count;
  }

  /** The row at a place; -1 beyond the end. */
  rowAt(place: number): number {
    return place >= 0 && place < this.count ? (this.visible[place] as number) : -1;
  }

  indexOf(row: number): number {
    return row >= 0 && row < this.#places.length ? (this.#places[row] as number) : -1;
  }

  #withAncestors(store: TraceStore, fits: Uint8Array): Uint8Array {
    const kept = new Uint8Array(store.rows);
    this.fitting = 0;
    const end = Math.min(store.rows, fits.length);
    for (let row = 0; row < end; row += 1) {
      if (fits[row] === 0 || store.head[row] === none) continue;
      this.fitting += 1;
      for (let up = row; up !== none && kept[up] === 0; up = store.parent[up] as number) kept[up] = 1;
    }
    return kept;
  }
}
