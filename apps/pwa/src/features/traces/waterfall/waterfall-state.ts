import { criticalPath } from './critical-path.ts';
import { idleGaps, type IdleGap } from './idle-gaps.ts';
import { RowLayout } from './row-layout.ts';
import { none } from './subject-bars.ts';
import { clampWindow, collapsedGaps, timeScale, type TimeScale, type TimeWindow } from './time-scale.ts';
import type { TraceStore } from './trace-store.ts';

/** How a trace is looked at: what is collapsed, filtered, in which window of time, and which row is active. Without a DOM. */
export class WaterfallState {
  readonly store: TraceStore;
  readonly layout = new RowLayout();
  readonly shut = new Set<number>();
  fits: Uint8Array | null = null;
  /** Null: all of the time there is. */
  window: TimeWindow | null = null;
  trueTime = false;
  /** The tree as words, without a picture of its time. */
  namesOnly = false;
  path: ReadonlySet<number> | null = null;
  gaps: readonly IdleGap[] = [];
  active = -1;
  now = 0;
  /** The versions of the store that were folded, and whose rows have their places; how many rows those were, none of them waiting. */
  #folded = -1;
  #placed = -1;
  #rows = 0;
  #waited = 0;

  constructor(store: TraceStore) {
    this.store = store;
  }

  /** Moves the right end of open bars on, and nothing else: what is new is folded when it is shown. */
  tick(now: number): void {
    this.now = Math.max(this.now, now);
  }

  /** Folds what is new. `now` is the right end of open bars. Answers whether rows may have moved. */
  refresh(now: number): boolean {
    this.now = Math.max(now, this.store.lastAt);
    if (this.#folded === this.store.version) return false;
    this.#folded = this.store.version;
    this.gaps = idleGaps(this.store, this.now);
    if (this.path !== null) this.path = criticalPath(this.store);
    this.place();
    return true;
  }

  /** Gives what is new its place, and leaves the rest of it to `refresh`, which looks at all rows. */
  place(): void {
    const { store, fits, shut } = this;
    if (this.#placed === store.version) return;
    const isAdded = fits === null && this.#waited === 0 && store.unplaced === 0;
    if (isAdded && this.layout.add(store, shut, this.#rows)) this.#isPlaced();
    else this.relayout();
  }

  relayout(): void {
    this.layout.update(this.store, this.shut, this.fits);
    this.#isPlaced();
    if (this.active < 0 && this.layout.count > 0) this.active = this.layout.rowAt(0);
  }

  #isPlaced(): void {
    this.#placed = this.store.version;
    this.#rows = this.store.rows;
    this.#waited = this.store.unplaced;
  }

  get whole(): TimeWindow {
    const { firstAt } = this.store;
    const from = Number.isFinite(firstAt) ? firstAt : 0;
    return { from, to: Math.max(from + 20, this.now) };
  }

  get seen(): TimeWindow {
    return this.window === null ? this.whole : clampWindow(this.window, this.whole);
  }

  scale(width: number): TimeScale {
    const seen = this.seen;
    return timeScale(seen, width, this.trueTime ? [] : collapsedGaps(this.gaps, seen));
  }

  /** The scale of the minimap: all of the time, with its gaps collapsed. */
  wholeScale(width: number): TimeScale {
    return timeScale(this.whole, width, this.trueTime ? [] : collapsedGaps(this.gaps, this.whole));
  }

  isShut(row: number): boolean {
    return this.fits === null && this.shut.has(row);
  }

  toggle(row: number): void {
    if (this.store.children[row] === 0) return;
    if (!this.shut.delete(row)) this.shut.add(row);
    this.relayout();
    this.#climb();
  }

  /** Collapses every subject below the first one, or opens everything. */
  toggleAll(): void {
    const { store } = this;
    if (this.shut.size > 0) this.shut.clear();
    else
      for (let row = 0; row < store.rows; row += 1)
        if (store.isHead(row) && store.children[row] !== 0 && store.depth[row] !== 0) this.shut.add(row);
    this.relayout();
    this.#climb();
  }

  showPath(on: boolean): void {
    this.path = on ? criticalPath(this.store) : null;
  }

  setFits(fits: Uint8Array | null): void {
    this.fits = fits;
    this.relayout();
    if (this.layout.indexOf(this.active) < 0) this.active = this.layout.rowAt(0);
  }

  /** Opens what hides a row. Answers its place, -1 when the filter hides it. */
  open(row: number): number {
    const { store } = this;
    let changed = false;
    for (let up = store.parent[row] as number; up !== none && up !== undefined; up = store.parent[up] as number)
      changed = this.shut.delete(up) || changed;
    if (changed) this.relayout();
    return this.layout.indexOf(row);
  }

  /** What is active has to be seen: the nearest row above that is. */
  #climb(): void {
    const { store, layout } = this;
    while (this.active >= 0 && layout.indexOf(this.active) < 0) {
      const up = store.parent[this.active] as number;
      this.active = up === none ? layout.rowAt(0) : up;
    }
  }
}
