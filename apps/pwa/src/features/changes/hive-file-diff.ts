import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { baseStyles } from '../../ui/base-styles.ts';
import { count } from '../../ui/duration.ts';
import { visibleLine, visibleText } from '../../ui/visible-text.ts';
import { RowWindow } from '../../ui/row-window.ts';
import type { DiffRow, FileRows } from './diff-rows.ts';
import { diffStyles } from './diff-styles.ts';
import { clicked, ends, lineMove, type LineChoice } from './line-choice.ts';
import { quoteOf } from './quote.ts';
import type { Marks } from './word-marks.ts';

const signs = { context: ' ', added: '+', removed: '-', note: ' ', hunk: ' ' } as const;
const said = { context: '', added: 'added', removed: 'removed', note: '', hunk: 'part' } as const;

/** The lines of one file of a diff. Those that are near the visible part are in the document; a range can be chosen and quoted. */
@customElement('hive-file-diff')
export class HiveFileDiff extends LitElement {
  static override styles = [baseStyles, diffStyles];

  @property() path = '';
  @property({ attribute: false }) file!: FileRows;
  /** Offers to quote what is chosen. */
  @property({ type: Boolean }) quotable = false;

  @state() private choice: LineChoice | null = null;
  @state() private active: number | null = null;

  readonly #window = new RowWindow(this, () => this.renderRoot.querySelector<HTMLElement>('.lines'), {
    desk: 20,
    phone: 20,
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('path')) [this.choice, this.active] = [null, null];
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('file')) return;
    const longest = this.file.rows.reduce((most, { text }) => Math.max(most, text.length), 0);
    // Only some lines are in the document: the width of all of them keeps the scroll bar where it is.
    this.style.setProperty('--widest', `${longest + 16}ch`);
  }

  override render() {
    const { rows: all, of } = this.file;
    const { above, rows } = this.#window.of(all);
    return html`<div class="scroll">
        <div
          class="lines"
          role="listbox"
          tabindex="0"
          aria-multiselectable="true"
          aria-label="Changed lines of ${visibleLine(this.path)}"
          aria-activedescendant=${this.active === null ? nothing : `line-${this.active}`}
          @keydown=${this.#keys}
          @focus=${() => (this.active ??= above)}
        >
          <div .hidden=${above === 0} aria-hidden="true" .style=${`block-size:${above * 20}px`}></div>
          ${rows.map((row, index) => this.#line(row, above + index, all.length))}
          <div aria-hidden="true" .style=${`block-size:${(all.length - above - rows.length) * 20}px`}></div>
        </div>
      </div>
      ${this.#below(all.length, of)}`;
  }

  #line(row: DiffRow, at: number, of: number) {
    const [first, last] = this.choice === null ? [-1, -1] : ends(this.choice);
    const isChosen = at >= first && at <= last;
    const classes = `line ${row.kind} ${isChosen ? 'chosen' : ''} ${at === this.active ? 'active' : ''}`;
    const about = { set: of, place: at + 1, chosen: isChosen ? 'true' : 'false' };
    if (row.kind === 'hunk')
      return html`<div
        class=${classes}
        id="line-${at}"
        role="option"
        aria-selected=${about.chosen}
        aria-setsize=${about.set}
        aria-posinset=${about.place}
      >
        ${visibleText(row.text)}
      </div>`;
    // No space between the parts: all of it is shown as it is written.
    // prettier-ignore
    return html`<div class=${classes} id="line-${at}" role="option" aria-selected=${about.chosen} aria-setsize=${about.set} aria-posinset=${about.place} @click=${(event: MouseEvent) => this.#click(event, at)}><span class="number before">${row.before ?? ''}</span><span class="number">${row.after ?? ''}</span><span class="sign" aria-hidden="true">${signs[row.kind]}</span><span class="visually-hidden">${said[row.kind]} </span><span>${this.#text(row.text, row.marks)}</span></div>`;
  }

  #text(text: string, marks: Marks) {
    if (marks.length === 0) return visibleText(text);
    const parts: unknown[] = [];
    let at = 0;
    for (const [from, to] of marks) {
      parts.push(visibleText(text.slice(at, from)), html`<mark>${visibleText(text.slice(from, to))}</mark>`);
      at = to;
    }
    return [...parts, visibleText(text.slice(at))];
  }

  #below(shown: number, of: number) {
    const chosen = this.choice === null ? 0 : ends(this.choice)[1] - ends(this.choice)[0] + 1;
    if (chosen === 0 && shown >= of) return nothing;
    return html`<div class="more small">
      ${shown < of ? html`<span class="muted">${count(shown, 'line')} of ${count(of, 'line')} shown</span> <button @click=${() => this.dispatchEvent(new Event('hive-whole'))}>Show all lines</button>` : nothing}
      ${
        chosen === 0
          ? nothing
          : html`<span role="status">${count(chosen, 'line')} chosen</span>
              ${this.quotable ? html`<button @click=${this.#quote}>Quote in the note</button>` : nothing}
              <button class="plain" @click=${() => (this.choice = null)}>Choose none</button>`
      }
    </div>`;
  }

  #click(event: MouseEvent, at: number): void {
    this.active = at;
    // Elsewhere in the line a click marks text.
    const onNumber = event.composedPath().some((it) => it instanceof HTMLElement && it.classList.contains('number'));
    if (onNumber) this.choice = clicked(this.choice, at, event.shiftKey);
  }

  readonly #keys = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape' && this.choice !== null) {
      this.choice = null;
      return event.stopPropagation();
    }
    if (event.key === 'Enter' && this.quotable) return this.#quote();
    const moved = lineMove(
      { at: this.active ?? 0, choice: this.choice },
      { key: event.key, shift: event.shiftKey },
      this.file.rows.length,
    );
    if (!moved) return;
    event.preventDefault();
    event.stopPropagation();
    this.active = moved.at;
    this.choice = moved.choice;
    this.#window.reveal(moved.at);
  };

  readonly #quote = () => {
    const [first, last] = this.choice === null ? [this.active ?? 0, this.active ?? 0] : ends(this.choice);
    const detail = quoteOf(this.path, this.file.rows.slice(first, last + 1));
    this.dispatchEvent(new CustomEvent('hive-quote', { detail, bubbles: true, composed: true }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-file-diff': HiveFileDiff;
  }
  interface HTMLElementEventMap {
    /** Lines of a change, as they stand in a note. */
    'hive-quote': CustomEvent<string>;
    /** All lines are asked for. */
    'hive-whole': Event;
  }
}
