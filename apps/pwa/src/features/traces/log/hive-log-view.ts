import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { addressWith, goTo } from '../../../app/address.ts';
import { baseStyles } from '../../../ui/base-styles.ts';
import { count } from '../../../ui/duration.ts';
import '../../../ui/hive-notice.ts';
import { icon } from '../../../ui/icons.ts';
import { RowWindow } from '../../../ui/row-window.ts';
import { toast } from '../../../ui/toast.ts';
import { visibleLine } from '../../../ui/visible-text.ts';
import { isRunning } from '../trace-model.ts';
import type { TraceScene } from '../trace-views.ts';
import { rowLine, rowWords } from '../waterfall/row-words.ts';
import { LogFilter } from './log-filter.ts';
import { logRows } from './log-rows.ts';
import { logStyles } from './log-styles.ts';

const mostCopied = 20_000;

/** Every event of a trace as a line, in log order. The filter is that of the page; the newest are followed until somebody looks back. */
@customElement('hive-log-view')
export class HiveLogView extends LitElement {
  static override styles = [baseStyles, logStyles];

  @property({ attribute: false }) scene!: TraceScene;

  @state() private following = false;

  readonly #filter = new LogFilter(this);
  readonly #window = new RowWindow(this, () => this.renderRoot.querySelector<HTMLElement>('.lines'));
  #rows: readonly number[] = [];
  #seen = 0;

  protected override willUpdate(): void {
    const { trace, now, get } = this.scene;
    this.#filter.find(trace.store, { typed: get('q'), now });
  }

  protected override updated(): void {
    // Only what is new moves the page: the rest of the time it stays where it is put.
    if (this.following && this.#seen !== this.#rows.length) this.#showNewest();
  }

  override render() {
    const { trace } = this.scene;
    const { rows, older, hidden } = logRows(trace.store, this.#filter.fits);
    if (this.#seen === 0) this.#seen = rows.length;
    this.#rows = rows;
    const shown = this.#window.of(rows);
    const height = this.#window.rowHeight;
    const words = [
      count(rows.length, 'line'),
      ...(hidden > 0 ? [`${hidden} hidden by the filter`] : []),
      ...(older > 0 ? [`${older} older ones not shown: filter for them`] : []),
      ...(trace.isWhole ? [] : ['more are being read']),
    ];
    return html`<div class="tools">
        <input
          type="search"
          aria-label="Filter the events"
          placeholder='Filter, e.g. status:failed type:task.* text:"…"'
          .value=${this.scene.get('q')}
          @input=${(event: Event) => goTo(addressWith({ q: (event.target as HTMLInputElement).value }), { replace: true })}
        />
        ${this.#follow(rows.length)}
        <button @click=${() => void this.#copy()}>${icon('copy')}Copy the lines</button>
      </div>
      <p class="muted small" role="status">
        ${this.#filter.problem === '' ? words.join(', ') : html`<span class="tone-failed">${this.#filter.problem}</span>`}
      </p>
      ${
        rows.length === 0
          ? html`<hive-notice heading="No line fits" said="${hidden} events are hidden by the filter." icon="empty"
              ><button @click=${() => goTo(addressWith({ q: null }))}>Show all of them</button></hive-notice
            >`
          : html`<div
              class="panel lines"
              role="list"
              aria-label="Events in log order"
              .style=${`block-size:${rows.length * height + 2}px`}
              @keydown=${this.#keys}
              @focusin=${this.#unfollow}
              @wheel=${this.#unfollow}
              @touchmove=${this.#unfollow}
            >
              <div role="presentation" .style=${`transform:translateY(${shown.above * height}px)`}>
                ${repeat(
                  shown.rows,
                  (row) => row,
                  (row, index) => this.#line(row, shown.above + index),
                )}
              </div>
            </div>`
      }`;
  }

  #follow(lines: number) {
    if (!isRunning(this.scene.trace)) return nothing;
    const fresh = lines - this.#seen;
    return html`<button aria-pressed=${this.following} @click=${this.#toggle}>
      ${this.following ? 'Following' : fresh > 0 ? `Jump to live (${fresh} new)` : 'Follow'}
    </button>`;
  }

  #line(row: number, index: number) {
    const { trace, selected, now } = this.scene;
    const { store } = trace;
    const id = store.idOf(row);
    const { offset, status } = rowWords(store, row, now);
    const words = visibleLine(store.textOf('words', row));
    const task = trace.result?.tasks.find(({ id: of }) => of === store.textOf('subject', row));
    return html`<div
      class="line ${id === selected ? 'selected' : ''}"
      role="listitem"
      aria-posinset=${index + 1}
      aria-setsize=${this.#rows.length}
    >
      <a href=${addressWith({ sel: id })} aria-current=${id === selected ? 'true' : nothing}>
        <span class="at muted" title=${new Date(store.at[row] ?? 0).toISOString()}>${offset}</span>
        <span class="type ${store.isError(row) ? 'tone-failed' : ''}"
          >${store.isError(row) ? html`<span class="visually-hidden">${status}: </span>` : nothing}${visibleLine(store.textOf('type', row))}</span
        >
        <span class="words">${task === undefined ? nothing : html`<b>${visibleLine(task.key)}</b> `}${words}</span>
        <span class="actor muted">${visibleLine(store.textOf('actor', row))}</span>
      </a>
    </div>`;
  }

  #showNewest(): void {
    this.#seen = this.#rows.length;
    this.#window.reveal(this.#rows.length - 1);
  }

  readonly #toggle = () => {
    this.following = !this.following;
    if (this.following) this.#showNewest();
  };

  readonly #unfollow = () => (this.following = false);

  readonly #keys = (event: KeyboardEvent) => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = [...this.renderRoot.querySelectorAll<HTMLAnchorElement>('.line a')];
    links[links.findIndex((link) => link.matches(':focus')) + step]?.focus();
    this.following = false;
    event.preventDefault();
  };

  async #copy(): Promise<void> {
    const { trace, now } = this.scene;
    const rows = this.#rows.slice(-mostCopied);
    const text = rows.map((row) => rowLine(trace.store, row, now)).join('\n');
    const rest = this.#rows.length - rows.length;
    try {
      await navigator.clipboard.writeText(text);
      toast(`Copied ${count(rows.length, 'line')}${rest > 0 ? `, the newest; export the events for all` : ''}`);
    } catch {
      toast('Not copied: this browser does not allow it here', 'failed');
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-log-view': HiveLogView;
  }
}
