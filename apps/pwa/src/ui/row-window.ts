import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Below this many rows all are in the document, so that the browser can search them. */
const fewRows = 300;
const overscan = 20;

/** How high a row is in pixels, at a desk and where fingers point. */
export type RowHeights = { readonly desk: number; readonly phone: number };

const usual: RowHeights = { desk: 28, phone: 48 };

/** Which rows of equal height are near the visible part of the page, kept fresh while it scrolls. */
export class RowWindow implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #body: () => HTMLElement | null;
  readonly #heights: RowHeights;
  #from = 0;
  /** Null until the page is scrolled: as far as is seen from the top. */
  #to: number | null = null;

  constructor(host: ReactiveControllerHost, body: () => HTMLElement | null, heights: RowHeights = usual) {
    this.#host = host;
    this.#body = body;
    this.#heights = heights;
    host.addController(this);
  }

  /** The height of a row in pixels: taller where fingers point. */
  get rowHeight(): number {
    return matchMedia('(max-width: 700px)').matches ? this.#heights.phone : this.#heights.desk;
  }

  /** The part of `rows` to render, and how many stand above it. */
  of<T>(rows: readonly T[]): { readonly above: number; readonly rows: readonly T[] } {
    if (rows.length <= fewRows) return { above: 0, rows };
    const above = Math.max(0, Math.min(this.#from, rows.length - 1));
    return { above, rows: rows.slice(above, this.#to ?? this.#seenFromTop) };
  }

  /**
   * A key for each of the rows that {@link of} answered, `newest` being the number of the first one of all, counted from the oldest: what leaves the window at one
   * end gives its element to what enters at the other, so a list on which much comes makes none anew and takes none away.
   */
  keys(
    count: number,
    { newest, total }: { readonly newest: number; readonly total: number },
  ): (index: number) => number {
    const first = newest - (total <= fewRows ? 0 : Math.max(0, Math.min(this.#from, total - 1)));
    return count < total ? (index) => (first - index) % count : (index) => first - index;
  }

  get #seenFromTop(): number {
    return Math.ceil(innerHeight / this.rowHeight); // what stands above the list is the margin
  }

  /** The index of the first row that is not above the visible part; 0 while the top of the list is in sight. */
  get firstVisible(): number {
    const top = this.#body()?.getBoundingClientRect().top ?? 0;
    return top >= 0 ? 0 : Math.ceil(-top / this.rowHeight);
  }

  /** Scrolls as little as needed for a row to be seen above what covers the lower `covered` pixels. */
  reveal(index: number, covered = 0): void {
    const top = (this.#body()?.getBoundingClientRect().top ?? 0) + index * this.rowHeight;
    const margin = 72;
    const lowest = innerHeight - Math.max(margin, covered + this.rowHeight);
    if (top < margin) scrollBy({ top: top - margin });
    else if (top + this.rowHeight > lowest) scrollBy({ top: top + this.rowHeight - lowest });
  }

  hostConnected(): void {
    addEventListener('scroll', this.#measure, { passive: true });
    addEventListener('resize', this.#measure);
  }

  hostDisconnected(): void {
    removeEventListener('scroll', this.#measure);
    removeEventListener('resize', this.#measure);
  }

  readonly #measure = () => {
    const body = this.#body();
    if (!body) return;
    const first = Math.floor(-body.getBoundingClientRect().top / this.rowHeight);
    const from = Math.max(0, first - overscan);
    const to = first + Math.ceil(innerHeight / this.rowHeight) + overscan;
    // Rendered again only when the margin is half used up.
    if (Math.abs(from - this.#from) < overscan / 2 && Math.abs(to - (this.#to ?? this.#seenFromTop)) < overscan / 2)
      return;
    this.#from = from;
    this.#to = Math.max(to, overscan);
    this.#host.requestUpdate();
  };
}
