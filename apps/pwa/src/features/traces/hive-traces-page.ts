import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { TraceSummary } from '@hive/events';
import { AddressController } from '../../app/address-controller.ts';
import { addressWith, goTo } from '../../app/address.ts';
import type { RoomDesk } from '../../data/desk.ts';
import { HeldNews } from '../../ui/held-news.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { count } from '../../ui/duration.ts';
import { errorWords } from '../../ui/error-words.ts';
import { loadView } from '../../ui/load-view.ts';
import { toast } from '../../ui/toast.ts';
import { statusLook } from '../../ui/status.ts';
import { Turns } from '../../ui/turns.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-copy.ts';
import { fittingTraces, parseTraceFilter, statusesOf, withStatus } from './trace-filter.ts';
import { TraceOrder, orderOf, orders } from './trace-order.ts';
import { tookMs, traceRow } from './trace-row.ts';
import { tracesStyles } from './traces-styles.ts';

type Loaded = { readonly traces: readonly TraceSummary[]; readonly next: string | null };

const pageSize = 100;
/** So often a filter that finds little goes on by itself; then a person says whether to look further. */
const mostLooks = 12;
const restMs = 250;
const offered = ['running', 'waiting', 'failed', 'completed', 'cancelled', 'process'] as const;

/** Every trace, newest first. What is typed into the filter is in the address. */
@customElement('hive-traces-page')
export class HiveTracesPage extends LitElement {
  static override styles = [baseStyles, tracesStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  @state() private older: readonly TraceSummary[] = [];
  @state() private next: string | null | undefined = undefined;
  @state() private looking = false;
  @state() private hasBar = false;
  @state() private chosen: ReadonlyMap<string, TraceSummary> = new Map();
  @state() private pinned: ReadonlySet<string> = new Set();

  /** What comes while a row is pointed at or focused waits, so that nothing moves under the hand. */
  readonly #held = new HeldNews(this);
  #asked: string | null = null;
  #due: ReturnType<typeof setTimeout> | undefined;

  readonly #order = new TraceOrder();
  readonly #address = new AddressController(this);
  readonly #load = new LiveLoad<Loaded>(this, {
    live: () => this.live,
    load: () => this.#read(),
    concerns: () => true,
  });

  /** The first page of what fits: as many answers as that takes, within bounds. */
  async #read(after?: string): Promise<Loaded> {
    const typed = this.#address.get('q');
    this.#asked = typed;
    const { filter } = parseTraceFilter(typed, Date.now());
    let traces: readonly TraceSummary[] = [];
    let next: string | null = after ?? null;
    for (let look = 0; look < mostLooks; look++) {
      const page = await this.desk.traces({ ...filter, limit: pageSize, ...(next !== null && { after: next }) });
      traces = [...traces, ...page.items];
      next = page.next;
      if (next === null || traces.length >= pageSize || this.#asked !== typed) break;
    }
    return { traces, next };
  }

  protected override firstUpdated(): void {
    void this.#readPins();
  }

  /** Pins are kept in this browser alone. */
  readonly #readPins = async (): Promise<void> => {
    this.pinned = await (await import('../../data/stored-traces.ts')).pinnedTraces();
  };

  /** Another filter begins anew, once nothing was typed for a moment. */
  protected override willUpdate(): void {
    if (this.#asked === null || this.#asked === this.#address.get('q')) return;
    this.#asked = this.#address.get('q');
    clearTimeout(this.#due);
    this.#due = setTimeout(() => {
      [this.older, this.next, this.chosen] = [[], undefined, new Map()];
      void this.#load.run();
    }, restMs);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#due);
  }

  readonly #turns = new Turns(this);

  override render() {
    return html`<div class="head">
        <h1 tabindex="-1">Traces</h1>
        <a href="/new">New workflow</a>
      </div>
      ${this.#filter()} ${loadView(this.#load, (loaded) => this.#list(loaded))}`;
  }

  #filter() {
    const typed = this.#address.get('q');
    const { filter, problem } = parseTraceFilter(typed, Date.now());
    const statuses = statusesOf(filter);
    const chip = (status: string | null, name: string) => {
      const isOn = status === null ? statuses.length === 0 : statuses.length === 1 && statuses[0] === status;
      return html`<button
        aria-pressed=${isOn}
        @click=${() => goTo(addressWith({ q: withStatus(typed, isOn ? null : status) }))}
      >
        ${name}
      </button>`;
    };
    return html`<search>
      <input
        type="search"
        aria-label="Filter traces"
        placeholder="Filter, e.g. status:failed repo:almanac dur:>5m since:2d dates"
        aria-describedby=${problem === null ? nothing : 'not-understood'}
        .value=${typed}
        @input=${(event: Event) => goTo(addressWith({ q: (event.target as HTMLInputElement).value }), { replace: true })}
      />
      <div class="chips" role="group" aria-label="Status">
        ${chip(null, 'All')}
        ${offered.map((status) => chip(status, status === 'process' ? 'Processes' : statusLook(status).word))}
      </div>
      ${problem === null ? nothing : html`<p id="not-understood" class="small tone-failed problem">${visibleLine(problem)}</p>`}
    </search>`;
  }

  #list(loaded: Loaded) {
    const traces = [
      ...loaded.traces,
      ...this.older.filter((old) => loaded.traces.every((it) => it.correlationId !== old.correlationId)),
    ];
    const fitting = fittingTraces(traces, parseTraceFilter(this.#address.get('q'), Date.now()).filter);
    const ordered = this.#order.of(fitting, { order: orderOf(this.#address.get('sort')), pinned: this.pinned });
    const longestMs = Math.max(0, ...ordered.map(tookMs));
    const { shown, waiting } = this.#held.split(ordered, ({ correlationId }) => correlationId);
    const next = this.next === undefined ? loaded.next : this.next;
    const isPlain = this.#address.get('q') === '';
    return html`
      <div class="line">
        <p class="muted small" role="status">${this.#said(traces, fitting.length, next)}</p>
        <select aria-label="Order" @change=${(event: Event) => this.#sort((event.target as HTMLSelectElement).value)}>
          ${Object.entries(orders).map(([order, name]) => html`<option value=${order} ?selected=${order === orderOf(this.#address.get('sort'))}>${name}</option>`)}
        </select>
      </div>
      ${waiting === 0 ? nothing : html`<button class="pill primary" @click=${this.#held.release}>${count(waiting, 'new trace')}</button>`}
      ${this.#bar()} ${traces.length === 0 && isPlain ? this.#empty() : nothing}
      <ul
        class="panel"
        ?hidden=${shown.length === 0}
        @pointerenter=${this.#held.enter}
        @pointerleave=${this.#held.leave}
        @focusin=${this.#held.enter}
        @focusout=${this.#held.leave}
        @keydown=${this.#keys}
      >
        ${repeat(
          this.#turns.of(shown),
          ({ correlationId }) => correlationId,
          (trace) =>
            traceRow(trace, {
              isPinned: this.pinned.has(trace.correlationId),
              longestMs,
              isChosen: this.chosen.has(trace.correlationId),
              choose: () => this.#choose(trace),
            }),
        )}
      </ul>
      ${next === null || !this.#turns.one() ? nothing : html`<p><button ?disabled=${this.looking} @click=${() => void this.#more(next)}>${this.looking ? 'Looking…' : isPlain ? 'Load older traces' : 'Look further back'}</button></p>`}
    `;
  }

  #sort(order: string): void {
    goTo(addressWith({ sort: order === 'newest' ? null : order }));
  }

  /** Loaded with the first choice. */
  #bar() {
    // Made once its code is there: an element that is made before has no desk when it begins.
    if (this.chosen.size > 0) void import('./hive-bulk-bar.ts').then(() => (this.hasBar = true));
    if (!this.hasBar) return nothing;
    return html`<hive-bulk-bar
      .desk=${this.desk}
      .chosen=${[...this.chosen.values()]}
      .pinned=${this.pinned}
      @hive-pinned=${this.#readPins}
      @hive-chosen=${() => (this.chosen = new Map())}
    ></hive-bulk-bar>`;
  }

  #choose(trace: TraceSummary): void {
    const chosen = new Map(this.chosen);
    if (!chosen.delete(trace.correlationId)) chosen.set(trace.correlationId, trace);
    this.chosen = chosen;
  }

  #said(traces: readonly TraceSummary[], fitting: number, next: string | null): string {
    const processes = traces.length - fitting;
    if (this.#address.get('q') === '')
      return traces.length === 0
        ? ''
        : `${count(fitting, 'trace')}${processes > 0 ? `, and ${count(processes, 'trace')} of processes not shown` : ''}`;
    const far = next === null ? 'in all that there are' : 'so far; older ones were not looked at yet';
    return `${fitting === 0 ? 'None found' : `${count(fitting, 'trace')} found`} ${far}`;
  }

  async #more(after: string): Promise<void> {
    this.looking = true;
    try {
      const { traces, next } = await this.#read(after);
      this.older = [...this.older, ...traces];
      this.next = next;
    } catch (error) {
      toast(errorWords(error).said, 'failed');
    } finally {
      this.looking = false;
    }
  }

  readonly #keys = (event: KeyboardEvent) => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'x') {
      const id = (event.target as HTMLElement).closest<HTMLElement>('li')?.dataset['id'];
      this.renderRoot.querySelector<HTMLElement>(`li[data-id="${id ?? ''}"] input`)?.click();
      return;
    }
    if (step === undefined) return;
    const links = [...this.renderRoot.querySelectorAll<HTMLAnchorElement>('a.goal')];
    const at = links.findIndex((link) => link.matches(':focus') || link.closest('li')?.matches(':focus-within'));
    links[at + step]?.focus();
    event.preventDefault();
  };

  #empty() {
    return html`<hive-notice
      heading="No traces yet"
      said="Each workflow leaves one. Hand in a change and watch it here."
      icon="traces"
    >
      <hive-copy text='hive submit HEAD --check "npm test"' what="command"></hive-copy>
    </hive-notice>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-traces-page': HiveTracesPage;
  }
}
