import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { shortId, type TraceSummary } from '@hive/events';
import { AddressController } from '../../app/address-controller.ts';
import { addressWith, goTo } from '../../app/address.ts';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { count, duration } from '../../ui/duration.ts';
import { loadView } from '../../ui/load-view.ts';
import { statusLook } from '../../ui/status.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';
import { filterStatus, fittingTraces, parseTraceFilter, withStatus } from './trace-filter.ts';
import { tracesStyles } from './traces-styles.ts';

type Loaded = { readonly traces: readonly TraceSummary[]; readonly next: string | null };

const pageSize = 200;
const offered = ['running', 'waiting', 'failed', 'completed', 'cancelled', 'process'] as const;
const open = new Set(['submitted', 'planned', 'running', 'paused', 'waiting']);

/** Every trace, newest first. What is typed into the filter is in the address. */
@customElement('hive-traces-page')
export class HiveTracesPage extends LitElement {
  static override styles = [baseStyles, tracesStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  /** Traces that came while a row was pointed at or focused; they wait, so that nothing moves under the hand. */
  @state() private shown: ReadonlySet<string> | null = null;
  @state() private older: readonly TraceSummary[] = [];
  @state() private next: string | null | undefined = undefined;

  readonly #address = new AddressController(this);
  readonly #load = new LiveLoad<Loaded>(this, {
    live: () => this.live,
    load: async () => {
      const { items, next } = await this.desk.traces({ limit: pageSize });
      return { traces: items, next };
    },
    concerns: () => true,
  });

  override render() {
    return html`<h1 tabindex="-1">Traces</h1>
      ${this.#filter()} ${loadView(this.#load, (loaded) => this.#list(loaded))}`;
  }

  #filter() {
    const typed = this.#address.get('q');
    const { statuses } = parseTraceFilter(typed);
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
        placeholder="Filter, e.g. status:failed dates"
        .value=${typed}
        @input=${(event: Event) => goTo(addressWith({ q: (event.target as HTMLInputElement).value }), { replace: true })}
      />
      <div class="chips" role="group" aria-label="Status">
        ${chip(null, 'All')}
        ${offered.map((status) => chip(status, status === 'process' ? 'Processes' : statusLook(status).word))}
      </div>
    </search>`;
  }

  #list(loaded: Loaded) {
    const traces = [
      ...loaded.traces,
      ...this.older.filter((old) => loaded.traces.every((it) => it.correlationId !== old.correlationId)),
    ];
    const fitting = fittingTraces(traces, parseTraceFilter(this.#address.get('q')));
    const held = this.#held(fitting);
    const visible = fitting.filter((trace) => !held.has(trace.correlationId));
    const next = this.next === undefined ? loaded.next : this.next;
    return html`
      <p class="muted small" role="status">${this.#said(traces, fitting.length)}</p>
      ${
        held.size === 0
          ? nothing
          : html`<button class="pill primary" @click=${() => (this.shown = null)}>
              ${count(held.size, 'new trace')}
            </button>`
      }
      ${traces.length === 0 ? this.#empty() : nothing}
      <ul
        class="panel"
        ?hidden=${visible.length === 0}
        @pointerenter=${() => this.#hold(visible)}
        @pointerleave=${this.#release}
        @focusin=${() => this.#hold(visible)}
        @focusout=${this.#release}
        @keydown=${this.#keys}
      >
        ${repeat(
          visible,
          ({ correlationId }) => correlationId,
          (trace) => this.#row(trace),
        )}
      </ul>
      ${next === null ? nothing : html`<p><button @click=${() => void this.#more(next)}>Load older traces</button></p>`}
    `;
  }

  #row(trace: TraceSummary) {
    const took = Date.parse(trace.lastAt) - Date.parse(trace.firstAt);
    return html`<li>
      <span class="status"
        >${trace.status === null ? html`<span class="muted">Process</span>` : html`<hive-status .status=${trace.status}></hive-status>`}</span
      >
      <a class="goal one-line" href="/traces/${trace.correlationId}"
        >${trace.goal === null ? 'Life of a process' : visibleLine(trace.goal)}</a
      >
      <span class="id"
        ><hive-copy
          .text=${shortId(trace.correlationId)}
          .value=${trace.correlationId}
          what="correlation id"
        ></hive-copy
      ></span>
      <span class="muted small started"><hive-time .at=${trace.firstAt}></hive-time></span>
      <span class="muted small took"
        >${trace.status !== null && open.has(trace.status) ? 'so far ' : ''}${duration(took)}</span
      >
      <span class="muted small events">${count(trace.events, 'event')}</span>
      <span class="small errors ${trace.errors > 0 ? 'tone-failed' : 'muted'}">${count(trace.errors, 'error')}</span>
    </li>`;
  }

  #said(traces: readonly TraceSummary[], fitting: number): string {
    const hidden = traces.length - fitting;
    const processes = traces.filter((trace) => filterStatus(trace) === 'process').length;
    const typed = this.#address.get('q') !== '';
    if (traces.length === 0) return '';
    if (!typed)
      return `${count(fitting, 'trace')}${processes > 0 ? `, and ${count(processes, 'trace')} of processes not shown` : ''}`;
    return `${fitting} of ${traces.length} shown, ${hidden} hidden by the filter`;
  }

  #held(fitting: readonly TraceSummary[]): ReadonlySet<string> {
    const { shown } = this;
    return new Set(shown === null ? [] : fitting.map((trace) => trace.correlationId).filter((id) => !shown.has(id)));
  }

  #hold(visible: readonly TraceSummary[]): void {
    this.shown ??= new Set(visible.map((trace) => trace.correlationId));
  }

  readonly #release = (event: Event) => {
    const list = event.currentTarget as HTMLElement;
    if (!list.matches(':hover') && !list.contains((event as FocusEvent).relatedTarget as Node | null))
      this.shown = null;
  };

  async #more(after: string): Promise<void> {
    const { items, next } = await this.desk.traces({ limit: pageSize, after });
    this.older = [...this.older, ...items];
    this.next = next;
  }

  readonly #keys = (event: KeyboardEvent) => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
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
