import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { isQuiet } from '../../../app/keys.ts';
import { whenIdle } from '../../../data/when-idle.ts';
import { baseStyles } from '../../../ui/base-styles.ts';
import { seen } from '../../../ui/turns.ts';
import { copyRow } from './copy-row.ts';
import './hive-minimap.ts';
import { hoverCard, placeCard, type Hovered } from './hover-card.ts';
import { nameStart, rulerHeight } from './paint-rows.ts';
import { panned, zoomed, type TimeWindow } from './time-scale.ts';
import type { TraceStore } from './trace-store.ts';
import { performAct } from './waterfall-acts.ts';
import { waterfallAct, type WaterfallAct } from './waterfall-keys.ts';
import { WaterfallFilter } from './waterfall-filter.ts';
import { WaterfallPointer } from './waterfall-pointer.ts';
import { WaterfallState } from './waterfall-state.ts';
import { WaterfallSurface } from './waterfall-surface.ts';
import { waterfallStyles } from './waterfall-styles.ts';
import { waterfallTools } from './waterfall-tools.ts';
import { twinId, waterfallTwin } from './waterfall-twin.ts';

/** How long the tree that is read waits for an idle moment at most. */
const twinMs = 300;

/** A trace over time: a picture of any number of events, its overview, its filter, and the same as a tree that can be read. */
@customElement('hive-waterfall')
export class HiveWaterfall extends LitElement {
  static override styles = [baseStyles, waterfallStyles];

  @property({ attribute: false }) store!: TraceStore;
  /** That of the store when this was rendered. */
  @property({ type: Number }) version = 0;
  @property({ type: Boolean }) isRunning = false;
  /** False while parts are still to come. */
  @property({ type: Boolean }) isWhole = false;
  /** A tree of names and times, without bars. */
  @property({ type: Boolean }) namesOnly = false;
  /** The id of the event whose details are shown. */
  @property({ attribute: false }) selected: string | null = null;
  @property({ attribute: false }) query = '';
  /** The part of time that is looked at; null: all. */
  @property({ attribute: false }) window: TimeWindow | null = null;

  @state() private following = false;
  @state() private unseen = 0;
  @state() private card: Hovered | null = null;
  /** The tree beside the picture is there. It is not seen, so the picture comes first. */
  @state() private hasTwin = false;

  #state!: WaterfallState;
  #rows = 0;
  readonly #surface: WaterfallSurface = new WaterfallSurface(this, {
    state: () => this.#state,
    selectedRow: () => this.#selectedRow,
    hoveredRow: () => this.card?.row ?? -1,
    isRunning: () => this.isRunning,
    moved: () => this.requestUpdate(),
  });
  readonly #filter = new WaterfallFilter(this, (change) => this.#surface.anchored(change));
  readonly #pointer = new WaterfallPointer(this, {
    surface: () => this.#surface.canvas,
    zoom: (x, factor) => this.#zoom(this.#surface.scale?.at(x - this.#surface.barsLeft), factor),
    pan: (pixels) => this.#look(panned(this.#state.seen, pixels / this.#surface.barsWidth, this.#state.whole)),
    tap: (x, y) => this.#tap(x, y),
    hover: (x, y) => this.#hover(x, y),
    leave: () => (this.card = null),
    hold: (y) => void copyRow('text', this.#state, this.#surface.rowAt(y)),
  });

  get #selectedRow(): number {
    return this.selected === null ? -1 : this.store.rowOf(this.selected);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('keydown', this.#keys);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('keydown', this.#keys);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('store')) {
      this.#state = new WaterfallState(this.store);
      this.#rows = 0;
      this.#filter.close();
    }
    if (changed.has('window')) this.#state.window = this.window;
    if (this.#state.namesOnly !== this.namesOnly)
      this.#surface.anchored(() => (this.#state.namesOnly = this.namesOnly));
    if (changed.has('version') || changed.has('store')) {
      const fresh = this.store.rows - this.#rows;
      if (this.#rows > 0 && this.isWhole && !this.following) this.unseen += fresh;
      this.#rows = this.store.rows;
      this.#surface.refresh();
    }
    if (changed.has('query') || (changed.has('version') && this.query !== ''))
      void this.#filter.find(this.#state, this.query);
  }

  protected override firstUpdated(): void {
    void seen()
      .then(() => whenIdle(twinMs))
      .then(() => (this.hasTwin = true));
  }

  protected override updated(changed: PropertyValues<this>): void {
    // What is not a property of it and changes the picture has asked for that itself.
    if (changed.size > 0) this.#surface.requestDraw();
    if (changed.has('version') && this.following) this.#showNewest();
    // The event may be in a part that comes later.
    if (
      this.selected !== null &&
      (changed.has('selected') || changed.has('version')) &&
      this.#shown !== this.selected
    ) {
      const row = this.#selectedRow;
      if (row < 0) return;
      this.#shown = this.selected;
      this.#go(row);
    }
    if (this.selected === null) this.#shown = null;
  }
  #shown: string | null = null;

  override render() {
    const { layout } = this.#state;
    return html`
      ${waterfallTools({
        state: this.#state,
        query: this.query,
        problem: this.#filter.problem,
        isWhole: this.isWhole,
        isRunning: this.isRunning,
        following: this.following,
        typed: (text) => this.dispatchEvent(new CustomEvent('hive-query', { detail: text })),
        act: (act) => this.#act(act),
      })}
      <div class="panel frame ${this.#state.namesOnly ? 'names' : ''}">
        <hive-minimap
          .state=${this.#state}
          .theme=${this.#surface.theme}
          .version=${this.version}
          .trueTime=${this.#state.trueTime}
          .isWhole=${this.isWhole}
          @hive-window=${({ detail }: CustomEvent<TimeWindow>) => this.#look(detail)}
        ></hive-minimap>
        <div
          class="scroller"
          tabindex="-1"
          @scroll=${this.#scrolled}
          @wheel=${this.#pointer.wheel}
          @pointerdown=${this.#pointer.down}
          @pointermove=${this.#pointer.move}
          @pointerup=${this.#pointer.up}
          @pointercancel=${this.#pointer.up}
          @pointerleave=${this.#pointer.leave}
        >
          <div class="spacer"></div>
          <canvas aria-hidden="true"></canvas>
        </div>
        ${
          this.hasTwin
            ? waterfallTwin(this.#state, {
                selected: this.#selectedRow,
                choose: (row) => this.#choose(row),
                focused: (row) => this.#activate(row),
              })
            : nothing
        }
        ${
          layout.count === 0 && this.isWhole
            ? html`<p class="live muted">Nothing fits this filter.</p>`
            : this.isRunning && !this.following && this.unseen > 0
              ? html`<button class="live primary" @click=${() => this.#act({ act: 'follow' })}>
                  Jump to live (${this.unseen} new)
                </button>`
              : nothing
        }
        ${this.card === null ? nothing : hoverCard(this.#state, this.card)}
      </div>
      <div class="probes" aria-hidden="true">${this.#surface.probes()}</div>
    `;
  }

  readonly #keys = (event: KeyboardEvent) => {
    if (isQuiet(event)) return;
    // Elsewhere on the page the arrows scroll, and Enter and Escape belong to what has the focus.
    const isOurs = event.composedPath().includes(this);
    if (!isOurs && event.key.length > 1) return;
    const [target] = event.composedPath();
    if (event.key === 'Enter' && target instanceof HTMLElement && target.closest('button, a')) return;
    const act = waterfallAct(event.key);
    if (!act) return;
    event.preventDefault();
    this.#act(act);
  };

  #act(does: WaterfallAct): void {
    performAct(does, {
      state: this.#state,
      rowsInSight: this.#surface.rowsInSight,
      go: (row) => this.#go(row, true),
      toggle: (row) => this.#toggle(row),
      choose: (row) => this.#choose(row),
      close: () => this.#select(null),
      look: (window) => this.#look(window),
      zoom: (factor) => this.#zoom(undefined, factor),
      filter: () => this.renderRoot.querySelector('input')?.focus(),
      follow: () => this.#follow(),
      change: (how) => {
        this.#surface.anchored(how);
        this.requestUpdate();
      },
      copy: (what, row) => void copyRow(what, this.#state, row),
      names: () => void this.dispatchEvent(new CustomEvent('hive-names', { detail: !this.namesOnly })),
    });
  }

  #follow(): void {
    this.following = this.isRunning && !this.following;
    if (this.following) this.#showNewest();
  }

  #toggle(row: number): void {
    this.#surface.anchored(() => this.#state.toggle(row));
    this.requestUpdate();
  }

  #zoom(at: number | undefined, factor: number): void {
    const { seen, whole } = this.#state;
    const row = this.#state.active;
    const moment = this.store.at[row] ?? NaN;
    const isSeen = moment >= seen.from && moment <= seen.to;
    this.#look(zoomed(seen, at ?? (isSeen ? moment : (seen.from + seen.to) / 2), factor, whole));
  }

  /** Looks at another part of the time; the address learns of it. */
  #look(window: TimeWindow | null): void {
    const { whole } = this.#state;
    const isAll = window !== null && window.to - window.from >= whole.to - whole.from;
    this.#state.window = isAll ? null : window;
    this.#surface.draw();
    this.renderRoot.querySelector('hive-minimap')?.place();
    this.dispatchEvent(new CustomEvent('hive-window', { detail: this.#state.window }));
  }

  #tap(x: number, y: number): void {
    const row = this.#surface.rowAt(y);
    if (row < 0) return;
    const caret = nameStart(this.store.depth[row] ?? 0);
    if (this.store.children[row] !== 0 && x >= caret - 10 && x <= caret + 16) this.#toggle(row);
    else this.#choose(row);
    this.#activate(row);
    void this.#focusActive();
  }

  #hover(x: number, y: number): void {
    const row = matchMedia('(hover: none)').matches || y < rulerHeight ? -1 : this.#surface.rowAt(y);
    this.card = row < 0 ? null : { row, at: this.#surface.momentAt(x) };
    const frame = this.renderRoot.querySelector<HTMLElement>('.frame');
    if (frame) placeCard(frame, x, y);
  }

  #activate(row: number): void {
    if (this.#state.active === row) return;
    this.#state.active = row;
    this.#surface.requestDraw();
    this.requestUpdate();
  }

  #choose(row: number): void {
    if (row < 0) return;
    this.#activate(row);
    const id = this.store.idOf(row);
    this.#select(id === this.selected ? null : id);
  }

  #select(id: string | null): void {
    this.#shown = id;
    this.dispatchEvent(new CustomEvent('hive-select', { detail: id }));
  }

  readonly #scrolled = () => {
    if (this.#surface.wasScrolledUp()) this.following = false;
    this.#surface.requestDraw();
  };

  #showNewest(): void {
    this.unseen = 0;
    this.#go(this.store.rows - 1);
  }

  /** Shows a row, and moves the focus to it where the keyboard asked. */
  #go(row: number, focus = false): void {
    if (row < 0) return;
    const place = this.#state.open(row);
    if (place < 0) return;
    this.#activate(row);
    this.#surface.reveal(place);
    if (focus) void this.#focusActive();
  }

  /**
   * Shows rows that came live with the next frame; what is read beside the picture is told with the next `version`. Answers false where all of it
   * has to be told now: the newest row is followed, or rows are left out.
   */
  showLive(): boolean {
    if (!this.hasUpdated || !this.isWhole || this.following || this.#state.fits !== null) return false;
    this.#surface.showLive();
    return true;
  }

  /** Shows the row of an event and moves the focus to it. */
  reveal(id: string): void {
    this.#go(this.store.rowOf(id), true);
  }

  async #focusActive(): Promise<void> {
    this.hasTwin = true;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`#${twinId(this.#state.active)}`)?.focus({ preventScroll: true });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-waterfall': HiveWaterfall;
  }
  interface HTMLElementEventMap {
    /** The text of a filter, as it was typed. */
    'hive-query': CustomEvent<string>;
    /** Names only is asked for, or bars again. */
    'hive-names': CustomEvent<boolean>;
  }
}
