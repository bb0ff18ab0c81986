import { html, type LitElement, type ReactiveController } from 'lit';
import { readTheme, themeNames, watchTheme, type CanvasTheme } from './canvas-theme.ts';
import { paintNames } from './paint-names.ts';
import { paintRows, rulerHeight, type WaterfallShape } from './paint-rows.ts';
import { scrollMap, type ScrollMap } from './scroll-map.ts';
import type { TimeScale } from './time-scale.ts';
import type { WaterfallState } from './waterfall-state.ts';

/** What the surface asks of its element. */
export type SurfaceOptions = {
  readonly state: () => WaterfallState;
  readonly selectedRow: () => number;
  readonly hoveredRow: () => number;
  readonly isRunning: () => boolean;
  /** Rows were folded anew: what is read beside the picture is old. */
  readonly moved: () => void;
};

/** The narrowest screen on which names and bars stand beside each other; rows that are too low for both are never stacked. */
const besides = 640;
const lowest = 40;

/** The canvas in its native scroller: its size, its colours, and when it is drawn. It draws at most once a frame, and only when something changed. */
export class WaterfallSurface implements ReactiveController {
  readonly #host: LitElement;
  readonly #options: SurfaceOptions;
  theme: CanvasTheme | null = null;
  scale: TimeScale | null = null;
  #map: ScrollMap = scrollMap(0, 0, 0);
  #hatch: CanvasPattern | string = '';
  #frame = 0;
  #later: ReturnType<typeof setTimeout> | undefined;
  #shape: WaterfallShape = { width: 0, height: 0, names: 0, rowHeight: 24, ruler: rulerHeight, stacked: false };
  #lastTop = 0;
  #unwatch: (() => void) | undefined;
  readonly #sizes = new ResizeObserver(() => this.#resized());

  constructor(host: LitElement, options: SurfaceOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  get canvas(): HTMLCanvasElement | null {
    return this.#host.renderRoot.querySelector('.scroller canvas');
  }

  get barsLeft(): number {
    return this.#shape.stacked ? 8 : this.#shape.names;
  }

  get barsWidth(): number {
    return Math.max(1, this.#shape.width - this.barsLeft - 8);
  }

  get rowsInSight(): number {
    return Math.max(1, Math.floor((this.#shape.height - rulerHeight) / this.#shape.rowHeight) - 1);
  }

  hostConnected(): void {
    this.#unwatch = watchTheme(() => {
      this.theme = null;
      this.#measure();
      this.requestDraw();
      this.#options.moved();
    });
    void this.#host.updateComplete.then(() => {
      const scroller = this.#scroller;
      if (scroller) this.#sizes.observe(scroller);
    });
  }

  hostDisconnected(): void {
    this.#unwatch?.();
    this.#sizes.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#later);
    this.#frame = 0;
  }

  /** An element for each colour, to be asked what it is. */
  probes() {
    return themeNames.map((name) => html`<i class=${name}></i>`);
  }

  /** Folds what is new, with the row at the top staying where it is. */
  refresh(): void {
    this.anchored(() => this.#options.state().refresh(this.#options.isRunning() ? Date.now() : 0));
  }

  /** Shows rows that came live with the next frame, and nothing else that is new. */
  showLive(): void {
    this.#isLate = true;
    this.requestDraw();
  }
  #isLate = false;

  /** Changes which rows are shown; what is in sight stays there, in the same frame. */
  anchored(change: () => void): void {
    const { layout } = this.#options.state();
    const { rowHeight } = this.#shape;
    const offset = this.#offset;
    const first = Math.ceil(offset / rowHeight);
    const row = layout.rowAt(first);
    change();
    const place = layout.indexOf(row);
    if (first > 0 && row >= 0 && place >= 0 && place !== first) this.#wanted = offset + (place - first) * rowHeight;
    this.requestDraw();
  }
  #wanted: number | null = null;

  /** True when the last scrolling went upwards and was not ours. */
  wasScrolledUp(): boolean {
    const top = this.#scroller?.scrollTop ?? 0;
    const up = top < this.#lastTop - 1;
    this.#lastTop = top;
    return up;
  }

  /** The row at a height of the canvas; -1 above and below the rows. */
  rowAt(y: number): number {
    if (y < rulerHeight) return -1;
    return this.#options.state().layout.rowAt(Math.floor((this.#offset + y - rulerHeight) / this.#shape.rowHeight));
  }

  /** The moment at a place of the canvas; NaN beside the bars. */
  momentAt(x: number): number {
    return x >= this.barsLeft && this.scale ? this.scale.at(x - this.barsLeft) : NaN;
  }

  /** Scrolls as little as needed for a place to be seen. */
  reveal(place: number): void {
    if (this.#shape.width === 0) this.#measure(); // later sizes are told; to ask would lay out the page for every key
    const { rowHeight, height } = this.#shape;
    const [top, room] = [place * rowHeight, height - rulerHeight];
    const offset = this.#wanted ?? this.#offset;
    if (top < offset) this.#wanted = top;
    else if (top + rowHeight > offset + room) this.#wanted = top + rowHeight - room;
    this.requestDraw();
  }

  requestDraw(): void {
    if (this.#frame === 0)
      this.#frame = requestAnimationFrame(() => {
        if (this.#isLate) this.anchored(() => this.#options.state().place());
        this.#isLate = false;
        this.#frame = 0;
        this.draw();
      });
  }

  /** Draws now. */
  draw(): void {
    const canvas = this.canvas;
    const ctx = canvas?.getContext('2d', { alpha: false });
    const state = this.#options.state();
    if (!canvas || !ctx) return;
    if (this.#options.isRunning()) state.tick(Date.now());
    // Its size is told with the first frame. To ask for it now would put the layout of the page and this picture into one task.
    if (this.#shape.width === 0) return;
    this.#spread();
    const ratio = devicePixelRatio;
    const [width, height] = [Math.round(this.#shape.width * ratio), Math.round(this.#shape.height * ratio)];
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
      canvas.style.blockSize = `${this.#shape.height}px`;
    }
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.scale = state.scale(this.barsWidth);
    (state.namesOnly ? paintNames : paintRows)(ctx, {
      ...{ state, scale: this.scale, shape: this.#shape, theme: this.#themeNow(ctx), hatch: this.#hatch },
      ...{ offset: this.#offset, selected: this.#options.selectedRow(), hovered: this.#options.hoveredRow() },
      isFocused: this.#host.renderRoot.querySelector('.twin :focus-visible') !== null,
      isRunning: this.#options.isRunning(),
    });
    this.#grow();
  }

  /** Open bars grow; drawn again when that is half a pixel. */
  #grow(): void {
    clearTimeout(this.#later);
    const scale = this.scale;
    if (!this.#options.isRunning() || !scale || document.visibilityState !== 'visible') return;
    const now = this.#options.state().now;
    const perMs = scale.x(now) - scale.x(now - 1000);
    const waitMs = Math.min(1000, Math.max(16, 500 / Math.max(0.001, perMs)));
    this.#later = setTimeout(() => this.requestDraw(), waitMs);
  }

  #spread(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const { height, rowHeight } = this.#shape;
    const before = this.#map.height;
    this.#map = scrollMap(this.#options.state().layout.count * rowHeight, height, rulerHeight);
    if (this.#map.height !== before) scroller.style.setProperty('--height', `${this.#map.height}px`);
    if (this.#wanted === null) return;
    scroller.scrollTop = this.#map.scrollTop(this.#wanted);
    this.#lastTop = scroller.scrollTop;
    this.#wanted = null;
  }

  #measure(): void {
    const scroller = this.#scroller;
    if (!scroller) return;
    const [width, height] = [scroller.clientWidth, scroller.clientHeight];
    const rowHeight = parseFloat(getComputedStyle(this.#host).getPropertyValue('--row')) || 24;
    const stacked = width < besides && rowHeight >= lowest;
    const names = Math.min(560, Math.max(240, Math.round(width * 0.4)));
    this.#shape = { width, height, names, rowHeight, ruler: rulerHeight, stacked };
  }

  /** Told once for the size in which it was drawn already, too. The picture belongs to the frame in which its size was told. */
  #resized(): void {
    const { width, height } = this.#shape;
    this.#measure();
    if (width !== this.#shape.width || height !== this.#shape.height) this.draw();
  }

  get #scroller(): HTMLElement | null {
    return this.#host.renderRoot?.querySelector('.scroller') ?? null;
  }

  get #offset(): number {
    return this.#map.offset(this.#scroller?.scrollTop ?? 0);
  }

  #themeNow(ctx: CanvasRenderingContext2D): CanvasTheme {
    if (this.theme !== null) return this.theme;
    const probes = this.#host.renderRoot.querySelector<HTMLElement>('.probes');
    this.theme = probes ? readTheme(probes) : null;
    const theme = this.theme as CanvasTheme; // the probes are rendered with the canvas
    this.#hatch = hatchOf(ctx, theme.waiting) ?? theme.waiting;
    this.#options.moved(); // the minimap needs them too
    return theme;
  }
}

/** Stripes: time that waits for a person is no work. */
const hatchOf = (ctx: CanvasRenderingContext2D, colour: string): CanvasPattern | null => {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const on = tile.getContext('2d');
  if (!on) return null;
  on.strokeStyle = colour;
  on.lineWidth = 2;
  for (const shift of [-6, 0, 6]) {
    on.moveTo(shift, 6);
    on.lineTo(shift + 6, 0);
  }
  on.stroke();
  return ctx.createPattern(tile, 'repeat');
};
