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
      this.#places = new Int32Array(store.at.length).fill(-1);
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

  /**
   * Puts the rows from `from` on among those that are shown, where all others have their places already and nothing is filtered. Answers false
   * where going through the tree once is less work; then it has to be done.
   */
  add(store: TraceStore, shut: ReadonlySet<number>, from: number): boolean {
    if (this.visible.length < store.rows) return false;
    let left = store.rows;
    // The last one first: what is shown after a row has its place by then.
    for (let row = store.rows - 1; row >= from; row -= 1) {
      const place = isHidden(store, shut, row) ? -1 : this.#placeOf(store, row);
      if (place === unknown || (left -= this.count - place) < 0) return false;
      this.fitting += 1;
      if (place >= 0) this.#insert(row, place);
    }
    return true;
  }

  /** The row at a place; -1 beyond the end. */
  rowAt(place: number): number {
    return place >= 0 && place < this.count ? (this.visible[place] as number) : -1;
  }

  indexOf(row: number): number {
    return row >= 0 && row < this.#places.length ? (this.#places[row] as number) : -1;
  }

  /** Where a new row belongs: before the one that follows it in the tree. */
  #placeOf({ firstChild, nextSibling, parent, head }: TraceStore, row: number): number {
    if (head[row] === none) return unknown;
    let next = firstChild[row] as number;
    for (let at = row; next === none && at !== none; at = parent[at] as number) next = nextSibling[at] as number;
    if (next === none) return this.count;
    return (this.#places[next] as number) < 0 ? unknown : (this.#places[next] as number);
  }

  #insert(row: number, place: number): void {
    this.visible.copyWithin(place + 1, place, this.count);
    this.visible[place] = row;
    this.count += 1;
    for (let at = place; at < this.count; at += 1) this.#places[this.visible[at] as number] = at;
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

/** No place is known for it. */
const unknown = -2;

const isHidden = ({ parent }: TraceStore, shut: ReadonlySet<number>, row: number): boolean => {
  if (shut.size === 0) return false;
  for (let up = parent[row] as number; up !== none; up = parent[up] as number) if (shut.has(up)) return true;
  return false;
};
