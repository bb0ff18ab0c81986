import { LitElement, html, noChange, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { shortId } from '@hive/events';
import { AddressController } from '../../app/address-controller.ts';
import { addressWith, goTo } from '../../app/address.ts';
import type { RoomDesk } from '../../data/desk.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { Rights } from '../../data/rights.ts';
import { whenIdle } from '../../data/when-idle.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { loadView } from '../../ui/load-view.ts';
import { Turns, painted, seen, turn } from '../../ui/turns.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-copy.ts';
import './hive-trace-header.ts';
import './hive-view-switch.ts';
import { TraceFeed } from './trace-feed.ts';
import { TraceKeys } from './trace-keys.ts';
import { isRunning, type Trace } from './trace-model.ts';
import { traceStyles } from './trace-styles.ts';
import { traceViewOf, type TraceScene, type TraceView } from './trace-views.ts';

const isUnknown = (error: unknown): boolean => (error as { code?: string } | null)?.code === 'input.unknown_id';

/** One workflow from its submission to the last merge, live: what was asked, what became of each task, and what caused what. */
@customElement('hive-trace-page')
export class HiveTracePage extends LitElement {
  static override styles = [baseStyles, traceStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;
  /** Whole, or any unique ending. */
  @property({ attribute: false }) correlationId = '';

  @state() private now = Date.now();
  /** The view whose code has come, and whose turn too: going to another answers with the frame before it is made. */
  @state() private ready: TraceView | null = null;
  @state() private failed: TraceView | null = null;
  /** The view whose code is waited for, once the frame that answered the hand was painted: until then what was there stays. */
  @state() private awaited: TraceView | null = null;
  /**
   * The event whose details are open; empty for none. They come after the frame that marks the event, and leave after the one that hides them: those
   * frames move nothing.
   */
  @state() private opened = '';

  readonly #address = new AddressController(this);
  readonly #turns = new Turns(this, 1);
  readonly #rights = new Rights(this, () => this.desk);
  #tick: ReturnType<typeof setInterval> | undefined;
  readonly #feed = new TraceFeed(this, {
    desk: () => this.desk,
    live: () => this.live,
    correlationId: () => this.correlationId,
    showLive: () => this.renderRoot?.querySelector('hive-waterfall')?.showLive() ?? false,
  });

  constructor() {
    super();
    new TraceKeys(this, { desk: () => this.desk, correlationId: () => this.#feed.value?.correlationId });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // Open bars grow; nothing else needs the clock.
    this.#tick = setInterval(() => {
      if (this.#feed.value && isRunning(this.#feed.value) && document.visibilityState === 'visible')
        this.now = Date.now();
    }, 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#tick);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has('correlationId') && changed.get('correlationId')) this.#feed.reset();
    const chosen = this.#address.get('sel');
    if (chosen !== this.#chosen) this.#open((this.#chosen = chosen));
    const view = this.#view;
    if (this.ready !== view && this.failed !== view) void this.#fetch(view);
  }

  #chosen = '';

  #open(chosen: string): void {
    // Its code may not have come yet.
    if (chosen !== '') void import('./hive-event-details.ts').catch(() => undefined);
    if (this.#feed.value === undefined) this.opened = chosen;
    else void painted().then(() => (this.opened = this.#chosen));
  }

  get #view(): TraceView {
    return traceViewOf(this.#address.get('view'));
  }

  async #fetch(view: TraceView): Promise<void> {
    try {
      // The frame that answers the hand comes first. Meanwhile the hand may have gone on.
      if (this.ready !== null) await painted();
      if (this.#view !== view) return;
      const code = view.load();
      if ((await Promise.race([code, turn()])) === undefined) this.awaited = view;
      await code;
      this.ready = view;
      this.awaited = this.failed = null;
    } catch {
      this.failed = view;
    }
  }

  protected override updated(): void {
    // Not needed to see anything, so they do not stand in the way of what is; the place of the verbs is kept until they come.
    if (this.#feed.value?.isWhole)
      this.#late ??= seen()
        .then(() => whenIdle())
        .then(() => import('./verbs/hive-trace-verbs.ts'))
        .then(() => whenIdle())
        .then(() => import('./hive-event-details.ts'))
        .catch(() => (this.#late = null)); // asked for again with the next change
    const goal = this.#feed.value?.result?.goal;
    if (goal !== undefined) document.title = `${visibleLine(goal).slice(0, 60)} · Hive`;
  }

  #late: Promise<unknown> | null = null;

  override render() {
    if (isUnknown(this.#feed.error)) return this.#unknown();
    const shown = loadView(this.#feed, (trace) => this.#trace(trace));
    return this.#feed.value === undefined
      ? html`<h1 tabindex="-1">Trace</h1>
          ${shown}`
      : shown;
  }

  #trace(trace: Trace) {
    const now = isRunning(trace) ? Math.max(this.now, trace.lastMs) : trace.lastMs;
    const asked = this.#address.get('sel');
    const selected = trace.store.rowOf(asked) < 0 ? null : asked;
    const view = this.#view;
    const opened = trace.store.rowOf(this.opened) < 0 ? null : this.opened;
    const scene: TraceScene = {
      correlationId: trace.correlationId,
      desk: this.desk,
      may: this.#rights.may,
      trace,
      now,
      selected,
      select: (id) => goTo(addressWith({ sel: id })),
      get: (name) => this.#address.get(name),
    };
    const part = (shown: () => unknown) => (this.#turns.one() ? shown() : nothing);
    return html`
      <hive-trace-header .trace=${trace} .now=${now}></hive-trace-header>
      <hive-trace-verbs
        .desk=${this.desk}
        .result=${trace.result}
        .correlationId=${trace.correlationId}
        .events=${trace.events}
        .may=${this.#rights.may}
        ?ready=${this.#rights.areKnown}
      ></hive-trace-verbs>
      ${part(() => html`<hive-view-switch .shown=${view.id} .address=${location.href}></hive-view-switch>`)}
      <div class="events ${opened === null ? '' : 'with-details'}">
        ${
          this.#feed.isDrawn
            ? part(() => html`<section aria-label=${view.name}>${this.#shown(view, scene)}</section>`)
            : nothing
        }
        ${
          opened === null
            ? nothing
            : html`<hive-event-details
                class=${asked === '' ? 'leaving' : ''}
                .desk=${this.desk}
                .of=${opened}
                .trace=${trace}
                .read=${this.#read}
                @hive-select=${({ detail }: CustomEvent<string | null>) => this.#select(detail)}
              ></hive-event-details>`
        }
      </div>
    `;
  }

  readonly #read = (id: string) => this.#feed.event(id);

  #shown(view: TraceView, scene: TraceScene) {
    // Two views of one element are one: what is in sight and what has the focus stay.
    if (this.ready?.load === view.load) return view.render(scene);
    if (this.failed === view)
      return html`<hive-notice
        heading="This view did not load"
        said="Hive may be down, or this device offline."
        icon="failed"
        tone="failed"
        ><button @click=${() => void this.#fetch(view)}>Try again</button></hive-notice
      >`;
    if (this.ready !== null && this.awaited !== view) return noChange;
    return html`<hive-skeleton></hive-skeleton>`;
  }

  #select(id: string | null): void {
    const before = this.#address.get('sel');
    goTo(addressWith({ sel: id }));
    this.renderRoot.querySelector('hive-waterfall')?.reveal(id ?? before);
  }

  #unknown() {
    return html`<h1 tabindex="-1">No such trace</h1>
      <hive-notice
        heading="Nothing is recorded under this id"
        said="Ids may be whole or any unique ending. The newest are on the list."
        icon="traces"
      >
        <a href="/traces">Go to Traces</a>
        <hive-copy text="hive trace ${shortId(visibleLine(this.correlationId))}" what="command"></hive-copy>
      </hive-notice>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-trace-page': HiveTracePage;
  }
  interface HTMLElementEventMap {
    /** An event was chosen (its id), or the choice was given up (null). */
    'hive-select': CustomEvent<string | null>;
  }
}
