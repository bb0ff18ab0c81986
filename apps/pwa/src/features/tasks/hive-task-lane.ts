import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { TaskCard } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import type { EventQuery } from '../../ui/event-query.ts';
import '../../ui/hive-number.ts';
import { Turns } from '../../ui/turns.ts';
import type { Lane } from './board-model.ts';
import './hive-task-card.ts';

/** The height of a card with the gap below it. */
const slot = 112;
const overscan = 4;

/**
 * A column of the board. Only the cards in sight are in the document. While the pointer or the focus is inside, nothing moves: new cards wait
 * behind a button, and a card that went elsewhere stays and says where it is now. Fires `hive-more` when its end is near.
 */
@customElement('hive-task-lane')
export class HiveTaskLane extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: grid;
        grid-template-rows: auto minmax(0, 1fr);
        min-block-size: 0;
        min-inline-size: 0;
      }
      h2 {
        display: flex;
        align-items: baseline;
        gap: var(--hive-space-2);
        padding: 0 var(--hive-space-1) var(--hive-space-2);
        font-size: var(--hive-size-2);
        white-space: nowrap;
      }
      h2 .n {
        color: var(--hive-muted);
        font-weight: 400;
      }
      .scroller {
        position: relative;
        overflow-y: auto;
        overflow-x: clip;
        overscroll-behavior: contain;
        padding: var(--hive-space-2);
        border-radius: var(--hive-radius-2);
        background: var(--hive-sunken);
        scrollbar-width: thin;
      }
      .pill {
        position: sticky;
        inset-block-start: 0;
        z-index: 2;
        display: flex;
        margin: 0 auto var(--hive-space-2);
        border-radius: 999px;
        font-size: var(--hive-size-1);
      }
      .rows {
        position: relative;
      }
      .rows > div {
        display: grid;
        gap: 8px;
      }
      .none {
        padding: var(--hive-space-2);
        font-size: var(--hive-size-1);
      }
    `,
  ];

  @property({ attribute: false }) lane!: Lane;
  @property({ attribute: false }) cards: readonly TaskCard[] = [];
  /** Every card that is known, for those that have left this column under the hand. */
  @property({ attribute: false }) known: ReadonlyMap<string, TaskCard> = new Map();
  /** How many there are, whether or not they were read. */
  @property({ type: Number }) total = 0;
  /** How many of those that were read the filter hides. */
  @property({ type: Number }) notShown = 0;
  /** The events by which tasks come here. */
  @property({ attribute: false }) behind: EventQuery = {};
  @property({ type: Boolean }) hasMore = false;

  @state() private kept: readonly TaskCard[] | null = null;
  @state() private from = 0;
  /** How many cards are in the document: none before the column is known to be in sight, as most are not on a phone. */
  @state() private seen = 0;
  @query('.scroller') private readonly scroller!: HTMLElement;

  readonly #turns = new Turns(this);
  readonly #resized = new ResizeObserver(() => this.#measure());

  override connectedCallback(): void {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    this.kept = null;
  }

  override render() {
    const shown = this.kept === null ? this.cards : this.kept.map((card) => this.known.get(card.id) ?? card);
    const ids = this.kept === null ? null : new Set(this.kept.map(({ id }) => id));
    const news = ids === null ? 0 : this.cards.filter(({ id }) => !ids.has(id)).length;
    const part = shown.slice(this.from, this.from + this.seen);
    const several = this.lane.states.length > 1;
    return html`<h2 id="name">
        ${this.lane.name}
        <span class="n"><hive-number .value=${this.total} .query=${this.behind} label="tasks"></hive-number></span>
      </h2>
      <div
        class="scroller"
        role="group"
        tabindex=${shown.length === 0 ? '-1' : '0'}
        aria-labelledby="name"
        @scroll=${this.#measure}
        @pointerenter=${this.#hold}
        @pointerleave=${this.#leave}
        @focusin=${this.#hold}
        @focusout=${this.#leave}
      >
        ${news === 0 ? nothing : html`<button class="pill primary" @click=${() => (this.kept = null)}>${news} new</button>`}
        ${shown.length === 0 ? html`<p class="none muted">${this.#none()}</p>` : nothing}
        <div class="rows" role="presentation" .style=${`block-size:${Math.max(0, shown.length * slot - 8)}px`}>
          <div
            role=${shown.length === 0 ? 'presentation' : 'list'}
            aria-labelledby="name"
            .style=${`transform:translateY(${this.from * slot}px)`}
          >
            ${repeat(
              this.#turns.of(part),
              ({ id }) => id,
              (card) =>
                html`<hive-task-card
                  role="listitem"
                  .card=${card}
                  ?tells=${several || !this.lane.states.includes(card.state)}
                ></hive-task-card>`,
            )}
          </div>
        </div>
      </div>`;
  }

  protected override updated(): void {
    // Before the first layout there is nothing to measure; when that has come, it is told.
    if (this.seen > 0) this.#measure();
  }

  #none(): string {
    if (this.notShown > 0) return `${this.notShown} hidden by the filter`;
    return `${this.lane.about} stand here.`;
  }

  readonly #measure = () => {
    const { scroller } = this;
    if (!scroller || scroller.clientHeight === 0) return;
    const first = Math.max(0, Math.floor(scroller.scrollTop / slot) - overscan);
    const last = Math.ceil((scroller.scrollTop + scroller.clientHeight) / slot) + overscan;
    this.from = first;
    this.seen = last - first;
    const isNearEnd = scroller.scrollTop + 2 * scroller.clientHeight > this.cards.length * slot;
    if (this.hasMore && isNearEnd) this.dispatchEvent(new Event('hive-more'));
  };

  readonly #hold = () => {
    this.kept ??= this.cards;
  };

  readonly #leave = (event: Event) => {
    const list = event.currentTarget as HTMLElement;
    if (!list.matches(':hover') && !list.contains((event as FocusEvent).relatedTarget as Node | null)) this.kept = null;
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-task-lane': HiveTaskLane;
  }
}
