import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { baseStyles } from '../../ui/base-styles.ts';
import { count, duration } from '../../ui/duration.ts';
import { icon } from '../../ui/icons.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import { shownRows, type TreeRow } from './causal-tree.ts';
import { eventWords, isError } from './event-words.ts';
import './hive-phase-bar.ts';
import { rowBar } from './row-bar.ts';
import { RowWindow } from './row-window.ts';
import { treeMove } from './tree-keys.ts';
import { treeStyles } from './tree-styles.ts';
import { isRunning, type Trace } from './trace-model.ts';

const deepestIndent = 10;
const sheetShare = 0.62;

/** What caused what, with times. Rows that come in live stand below their cause, and what is in sight stays where it is. */
@customElement('hive-trace-tree')
export class HiveTraceTree extends LitElement {
  static override styles = [baseStyles, treeStyles];

  @property({ attribute: false }) trace!: Trace;
  @property({ type: Number }) now = 0;
  /** The id of the event whose details are shown. */
  @property({ attribute: false }) selected: string | null = null;

  @state() private collapsed: ReadonlySet<string> = new Set();
  @state() private active: string | null = null;
  @state() private following = false;
  @state() private unseen = 0;

  readonly #window = new RowWindow(this, () => this.renderRoot.querySelector<HTMLElement>('.rows'));
  #shown: readonly TreeRow[] = [];
  #shift = 0;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = this.#shown;
    this.#shown = shownRows(this.trace.rows, this.collapsed);
    const old = changed.get('trace');
    if (!old) return;
    this.unseen = this.following ? 0 : this.unseen + this.trace.events.length - old.events.length;
    const first = this.#window.firstVisible;
    const anchor = before[first];
    if (first === 0 || !anchor) return;
    const index = this.#shown.findIndex(({ event }) => event.id === anchor.event.id);
    this.#shift = index < 0 ? 0 : (index - first) * this.#window.rowHeight;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (this.#shift !== 0) scrollBy({ top: this.#shift, behavior: 'instant' });
    this.#shift = 0;
    if (changed.has('trace') && this.following) this.#showNewest();
    if (changed.has('selected') && this.selected !== null) this.#uncover(this.selected);
  }

  override render() {
    const { above, rows } = this.#window.of(this.#shown);
    const height = this.#window.rowHeight;
    const roving = this.#shown.some(({ event }) => event.id === this.active)
      ? this.active
      : (this.#shown[0]?.event.id ?? null);
    return html`
      ${this.#tools()}
      <div
        class="panel grid"
        role="treegrid"
        aria-label="Events by cause"
        aria-rowcount=${this.#shown.length}
        @keydown=${this.#keys}
        @wheel=${this.#unfollow}
        @touchmove=${this.#unfollow}
      >
        <div class="rows" role="rowgroup" .style=${`block-size:${this.#shown.length * height}px`}>
          <div role="presentation" .style=${`transform:translateY(${above * height}px)`}>
            ${repeat(
              rows,
              ({ event }) => event.id,
              (row, index) => this.#row(row, above + index, row.event.id === roving),
            )}
          </div>
        </div>
      </div>
    `;
  }

  #tools() {
    const hasFolded = this.collapsed.size > 0;
    const hidden = this.trace.rows.length - this.#shown.length;
    return html`<div class="tools">
      <h2>Events</h2>
      <span class="muted small" role="status"
        >${count(this.#shown.length, 'row')}${hidden > 0 ? `, ${hidden} collapsed` : ''}</span
      >
      <span class="space"></span>
      ${
        isRunning(this.trace)
          ? html`<button class="small" aria-pressed=${this.following} @click=${this.#toggleFollow} title="l">
              ${this.following ? 'Following' : this.unseen > 0 ? `Jump to live (${this.unseen} new)` : 'Follow'}
            </button>`
          : nothing
      }
      <button class="small" @click=${hasFolded ? this.#expandAll : this.#collapseTasks}>
        ${hasFolded ? 'Expand all' : 'Collapse tasks'}
      </button>
    </div>`;
  }

  #row(row: TreeRow, index: number, roving: boolean) {
    const { event, level, children } = row;
    const isShut = this.collapsed.has(event.id);
    const bar = rowBar(row, this.trace);
    const bad = isError(event) || (isShut && this.#hidesError(row));
    return html`<div
      class="row ${row.head ? 'head' : ''} ${event.id === this.selected ? 'selected' : ''}"
      role="row"
      id=${`e${event.id}`}
      aria-level=${level + 1}
      aria-rowindex=${index + 1}
      aria-expanded=${children > 0 ? !isShut : nothing}
      aria-selected=${event.id === this.selected}
      tabindex=${roving ? 0 : -1}
      @click=${() => this.#choose(event.id)}
      @focus=${() => (this.active = event.id)}
    >
      <span class="name" role="gridcell" .style=${`padding-inline-start:${Math.min(level, deepestIndent)}em`}>
        ${
          children > 0
            ? html`<span class="caret ${isShut ? '' : 'down'}" @click=${(click: Event) => this.#toggle(event.id, click)}
                >${icon('open')}</span
              >`
            : html`<span class="caret"></span>`
        }
        ${bad ? html`<span class="mark tone-failed" title="error">${icon('failed')}</span>` : nothing}
        <span class="texts">
          <span class="type mono">${this.#label(row)}${visibleLine(event.type)}</span>
          <span class="words one-line">${visibleLine(eventWords(event))}</span>
        </span>
      </span>
      <span class="offset small muted" role="gridcell" title=${event.at}
        >+${duration(Date.parse(event.at) - this.trace.startMs)}</span
      >
      <span class="bar" role="presentation">
        <hive-phase-bar
          aria-hidden="true"
          .phases=${bar.phases}
          .point=${bar.point}
          .badAt=${bar.badAt}
          .time=${{ from: this.trace.startMs, to: this.now }}
        ></hive-phase-bar>
      </span>
    </div>`;
  }

  /** The first row of a task names it. */
  #label({ head, subject }: TreeRow) {
    const task = head ? this.trace.result?.tasks.find(({ id }) => id === subject) : undefined;
    return task ? html`<b>${visibleLine(task.key)}</b> ` : nothing;
  }

  #hidesError(row: TreeRow): boolean {
    const from = this.trace.rows.indexOf(row) + 1;
    const end = this.trace.rows.findIndex((other, index) => index >= from && other.level <= row.level);
    return this.trace.rows.slice(from, end < 0 ? undefined : end).some(({ event }) => isError(event));
  }

  #choose(id: string): void {
    this.active = id;
    this.dispatchEvent(new CustomEvent('hive-select', { detail: id === this.selected ? null : id }));
  }

  #toggle(id: string, click?: Event): void {
    click?.stopPropagation();
    const next = new Set(this.collapsed);
    if (!next.delete(id)) next.add(id);
    this.collapsed = next;
  }

  readonly #collapseTasks = () => {
    const heads = this.trace.rows.filter(({ head, children, level }) => head && children > 0 && level > 0);
    this.collapsed = new Set(heads.map(({ event }) => event.id));
  };

  readonly #expandAll = () => (this.collapsed = new Set());

  readonly #toggleFollow = () => {
    this.following = !this.following;
    if (this.following) this.#showNewest();
  };

  readonly #unfollow = () => (this.following = false);

  #showNewest(): void {
    this.unseen = 0;
    const newest = this.trace.events.at(-1);
    if (newest) this.#go(newest.id, { focus: false });
  }

  /** Shows the row of an event and moves the focus to it. */
  reveal(id: string): void {
    this.#go(id, { focus: true });
  }

  #go(id: string, how: { readonly focus: boolean }): void {
    this.#open(id);
    const index = this.#shown.findIndex(({ event }) => event.id === id);
    if (index < 0) return;
    this.#window.reveal(index);
    if (!how.focus) return;
    this.active = id;
    void this.updateComplete.then(() =>
      this.renderRoot.querySelector<HTMLElement>(`#e${id}`)?.focus({ preventScroll: true }),
    );
  }

  /** On a phone the details lie over the lower part of the page; the row that they are about stays in sight. */
  #uncover(id: string): void {
    const index = this.#shown.findIndex(({ event }) => event.id === id);
    if (index >= 0) this.#window.reveal(index, innerWidth < 1024 ? innerHeight * sheetShare : 0);
  }

  /** Opens everything that hides an event. */
  #open(id: string): void {
    const parents = new Map(this.trace.rows.map(({ event, parent }) => [event.id, parent]));
    const open = new Set(this.collapsed);
    for (let at = parents.get(id) ?? null; at !== null; at = parents.get(at) ?? null) open.delete(at);
    if (open.size === this.collapsed.size) return;
    this.collapsed = open;
    this.#shown = shownRows(this.trace.rows, open);
  }

  readonly #keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || getSelection()?.isCollapsed === false) return;
    const id = this.active ?? this.#shown[0]?.event.id ?? '';
    const move = treeMove(event.key, {
      rows: this.#shown,
      id,
      collapsed: this.collapsed,
      isError: (row) => isError(row.event),
    });
    if (!move) return;
    event.preventDefault();
    this.following = false;
    switch (move.act) {
      case 'go':
        return this.#go(move.id, { focus: true });
      case 'collapse':
      case 'expand':
        return this.#toggle(move.id);
      case 'select':
        return this.#choose(move.id);
      case 'close':
        return void this.dispatchEvent(new CustomEvent('hive-select', { detail: null }));
      case 'follow':
        return this.#toggleFollow();
    }
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-trace-tree': HiveTraceTree;
  }
}
