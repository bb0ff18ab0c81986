import { LitElement, css, html, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { whenIdle } from '../../../data/when-idle.ts';
import type { CanvasTheme } from './canvas-theme.ts';
import { minimapColumns, minimapTones, type MinimapColumns } from './minimap-columns.ts';
import type { TimeScale, TimeWindow } from './time-scale.ts';
import type { WaterfallState } from './waterfall-state.ts';

const height = 44;
/** Drawing looks at all rows. What comes live changes little of it, and is drawn so often at most, when nothing else is to be done. */
const restMs = 500;
const tokens = {
  ...{ failed: 'failed', person: 'waiting', model: 'model', merge: 'ok', check: 'running', review: 'idle' },
  ...{ command: 'command', event: 'muted' },
} as const satisfies Record<(typeof minimapTones)[number], keyof CanvasTheme>;

/** The whole trace in one strip, and the part of its time that is looked at. Dragging chooses another part; a click moves it there. */
@customElement('hive-minimap')
export class HiveMinimap extends LitElement {
  static override styles = css`
    :host {
      display: block;
      position: relative;
      block-size: 44px;
      border-block-end: 1px solid var(--hive-border);
      touch-action: none;
      cursor: crosshair;
      overflow: hidden;
    }
    canvas {
      position: absolute;
      inset: 0;
      inline-size: 100%;
      block-size: 100%;
    }
    .brush {
      position: absolute;
      inset-block: 0;
      inset-inline-start: var(--from, 0);
      inline-size: var(--length, 100%);
      box-sizing: border-box;
      min-inline-size: 3px;
      border-inline: 2px solid var(--hive-accent);
      background: color-mix(in srgb, var(--hive-accent) 14%, transparent);
      pointer-events: none;
    }
    .brush[hidden] {
      display: none;
    }
  `;

  @property({ attribute: false }) state!: WaterfallState;
  @property({ attribute: false }) theme: CanvasTheme | null = null;
  /** Grows when there is something new to draw. */
  @property({ type: Number }) version = 0;
  /** Gaps are as long as they were. */
  @property({ type: Boolean }) trueTime = false;
  /** False while parts are still to come. */
  @property({ type: Boolean }) isWhole = false;

  #columns: MinimapColumns | null = null;
  #scale: TimeScale | null = null;
  #from: number | null = null;
  /** As it was told with the frame: to ask for it would lay out the page so far, for this alone. */
  #width = 0;
  readonly #sizes = new ResizeObserver(([entry]) => {
    this.#width = Math.round(entry?.contentRect.width ?? 0);
    this.#draw();
  });
  #drawnAt = -restMs;
  #due: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sizes.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#sizes.disconnect();
    clearTimeout(this.#due);
    this.#due = undefined;
  }

  override render() {
    return html`<canvas aria-hidden="true"></canvas>
      <div class="brush" ?hidden=${this.state.window === null}></div>`;
  }

  protected override firstUpdated(): void {
    this.addEventListener('pointerdown', this.#down);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const isLive = this.isWhole && this.#scale !== null && changed.size === 1 && changed.has('version');
    if (!isLive) return this.#draw();
    this.#due ??= setTimeout(() => void this.#drawLive(), Math.max(0, this.#drawnAt + restMs - performance.now()));
  }

  async #drawLive(): Promise<void> {
    await whenIdle(restMs);
    this.#due = undefined;
    if (this.isConnected) this.#draw();
  }

  #draw(): void {
    const width = this.#width;
    if (width === 0 || this.theme === null) return;
    this.#drawnAt = performance.now();
    this.#scale = this.state.wholeScale(width);
    this.#columns = minimapColumns(this.state.store, this.#scale, this.state.now);
    this.#paint(this.theme, this.#columns, width);
    this.#place();
  }

  /** Moves the brush to the window that is looked at, without drawing the rest anew. */
  place(): void {
    const brush = this.renderRoot.querySelector<HTMLElement>('.brush');
    if (brush) brush.hidden = this.state.window === null;
    this.#place();
  }

  #place(): void {
    const scale = this.#scale;
    if (!scale || this.state.window === null) return;
    const { from, to } = this.state.seen;
    this.style.setProperty('--from', `${scale.x(from)}px`);
    this.style.setProperty('--length', `${scale.x(to) - scale.x(from)}px`);
  }

  #paint(theme: CanvasTheme, { events, busy, tone }: MinimapColumns, width: number): void {
    const canvas = this.renderRoot.querySelector('canvas');
    const ctx = canvas?.getContext('2d');
    if (!canvas || !ctx) return;
    const ratio = devicePixelRatio;
    const size = [Math.round(width * ratio), Math.round(height * ratio)] as const;
    if (canvas.width !== size[0] || canvas.height !== size[1]) [canvas.width, canvas.height] = size;
    ctx.setTransform(ratio, 0, 0, ratio, 0, 0);
    ctx.clearRect(0, 0, width, height);
    const most = Math.log2(1 + events.reduce((most, n, i) => Math.max(most, n + (busy[i] ?? 0)), 1));
    for (let x = 0; x < tone.length; x += 1) {
      const name = minimapTones[tone[x] ?? 255];
      if (name === undefined) continue;
      const share = Math.log2(1 + (events[x] ?? 0) + (busy[x] ?? 0)) / most;
      const tall = name === 'failed' ? height - 6 : Math.max(4, share * (height - 10));
      ctx.fillStyle = theme[tokens[name]];
      ctx.fillRect(x, height - tall - 2, 1, tall);
    }
  }

  readonly #down = (event: PointerEvent) => {
    if (!this.#scale || event.button !== 0) return;
    this.setPointerCapture(event.pointerId);
    this.#from = event.offsetX;
    this.addEventListener('pointermove', this.#move);
    this.addEventListener('pointerup', this.#up, { once: true });
    this.addEventListener('pointercancel', this.#stop, { once: true });
  };

  readonly #move = (event: PointerEvent) => {
    if (this.#from !== null && Math.abs(event.offsetX - this.#from) > 3) this.#choose(this.#from, event.offsetX);
  };

  readonly #up = (event: PointerEvent) => {
    const [from, scale] = [this.#from, this.#scale];
    this.#stop();
    if (from === null || !scale || Math.abs(event.offsetX - from) > 3 || this.state.window === null) return;
    const { from: begin, to } = this.state.seen;
    const middle = scale.at(from);
    this.#tell({ from: middle - (to - begin) / 2, to: middle + (to - begin) / 2 });
  };

  readonly #stop = () => {
    this.#from = null;
    this.removeEventListener('pointermove', this.#move);
  };

  #choose(a: number, b: number): void {
    if (this.#scale) this.#tell({ from: this.#scale.at(Math.min(a, b)), to: this.#scale.at(Math.max(a, b)) });
  }

  #tell(window: TimeWindow): void {
    this.dispatchEvent(new CustomEvent('hive-window', { detail: window }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-minimap': HiveMinimap;
  }
  interface HTMLElementEventMap {
    /** Another part of the time is to be looked at; null: all of it. */
    'hive-window': CustomEvent<TimeWindow | null>;
  }
}
