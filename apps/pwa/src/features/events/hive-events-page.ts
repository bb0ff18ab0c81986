import { LitElement, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { eventWords, isError, type HiveEvent } from '@hive/events';
import { AddressController } from '../../app/address-controller.ts';
import { addressWith, goTo } from '../../app/address.ts';
import type { RoomDesk } from '../../data/desk.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { count } from '../../ui/duration.ts';
import { HeldNews } from '../../ui/held-news.ts';
import { loadView } from '../../ui/load-view.ts';
import { Turns } from '../../ui/turns.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-tabs.ts';
import { RowWindow } from '../../ui/row-window.ts';
import type { EventRing } from './event-ring.ts';
import { EventTail } from './event-tail.ts';
import { eventsStyles } from './events-styles.ts';
import { eventQueryOf } from './query-of.ts';

const topics = ['workflow', 'task', 'merge', 'approval', 'model', 'budget', 'box', 'agent', 'schedule', 'system'];
const shownWords = 300;

/** The log as it grows, newest first, and what was given up. What is chosen is in the address; figures of other pages open it. */
@customElement('hive-events-page')
export class HiveEventsPage extends LitElement {
  static override styles = [baseStyles, eventsStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  @state() private lettersAreThere = false;
  @state() private fetched: HiveEvent | null = null;
  @query('.list') private readonly list!: HTMLElement | null;

  readonly #address = new AddressController(this);
  readonly #held = new HeldNews(this);
  readonly #rows = new RowWindow(this, () => this.list);
  readonly #turns = new Turns(this, 4);
  readonly #tail = new EventTail(this, {
    desk: () => this.desk,
    live: () => this.live,
    query: () => this.#query,
  });

  get #query() {
    return eventQueryOf(new URLSearchParams(location.search));
  }

  get #showsLetters(): boolean {
    return this.#address.get('view') === 'dead-letters';
  }

  override render() {
    const tabs = [
      { id: 'events', name: 'Events' },
      { id: 'dead-letters', name: 'Dead letters' },
    ];
    return html`<h1 tabindex="-1">Events</h1>
      <hive-tabs
        label="Views of the log"
        .tabs=${tabs}
        .selected=${this.#showsLetters ? 'dead-letters' : 'events'}
        @hive-tab=${({ detail }: CustomEvent<string>) => goTo(detail === 'events' ? '/events' : `/events?view=${detail}`)}
      ></hive-tabs>
      ${
        this.#showsLetters
          ? this.lettersAreThere
            ? html`<hive-dead-letters .desk=${this.desk} .live=${this.live}></hive-dead-letters>`
            : html`<hive-skeleton></hive-skeleton>`
          : html`${this.#tools()} ${loadView(this.#tail, (ring) => this.#shown(ring))}`
      }`;
  }

  protected override updated(): void {
    if (this.#showsLetters && !this.lettersAreThere)
      void import('./hive-dead-letters.ts').then(() => (this.lettersAreThere = true));
    void this.#fetchSelected();
  }

  #tools() {
    const { types = [], text = '', trace, since, until } = this.#query;
    const chip = (name: string, pattern: string) => {
      const isOn = types.includes(pattern);
      const next = isOn ? types.filter((it) => it !== pattern) : [...types, pattern];
      return html`<button aria-pressed=${isOn} @click=${() => goTo(addressWith({ type: next.join(','), sel: null }))}>
        ${visibleLine(name)}
      </button>`;
    };
    const others = types.filter((type) => !topics.includes(type.replace(/\.\*$/, '')));
    const bound = (name: string, what: string) =>
      html`<button aria-pressed="true" title="Remove" @click=${() => goTo(addressWith({ [name]: null }))}>
        ${visibleLine(what)}
      </button>`;
    return html`<search class="tools">
        <input
          type="search"
          aria-label="Filter events by a text"
          placeholder="Text in an event, e.g. an agent or a task id"
          .value=${text}
          @change=${(event: Event) => goTo(addressWith({ q: (event.target as HTMLInputElement).value }), { replace: true })}
        />
        <button aria-pressed=${this.#tail.isPaused} @click=${() => this.#tail.pause(!this.#tail.isPaused)}>
          ${this.#tail.isPaused ? 'Go on' : 'Pause'}
        </button>
      </search>
      <div class="chips" role="group" aria-label="Types">
        ${topics.map((topic) => chip(topic, `${topic}.*`))} ${others.map((type) => chip(type, type))}
        ${trace === undefined ? nothing : bound('trace', `trace ${trace.slice(-8)}`)}
        ${since === undefined ? nothing : bound('since', `since ${since}`)}
        ${until === undefined ? nothing : bound('until', `until ${until}`)}
      </div>`;
  }

  #shown(ring: EventRing) {
    const newest = ring.events.toReversed();
    const { shown, waiting } = this.#held.split(newest, ({ id }) => id);
    const { above, rows } = this.#rows.of(shown);
    const keyAt = this.#rows.keys(rows.length, { newest: ring.dropped + shown.length - 1, total: shown.length });
    const height = this.#rows.rowHeight;
    const selected = this.#selected(ring);
    if (selected) void import('./hive-event-sheet.ts');
    const news = waiting + this.#tail.waiting;
    return html`<p class="said small muted">
        <span role="status">${this.#said(ring)}</span>
        <span>${this.#tail.rate(Date.now()).toFixed(1)} events/s in the last 10 s</span>
      </p>
      ${
        news === 0
          ? nothing
          : html`<button class="pill primary" @click=${this.#release}>
              ${this.#tail.isPaused ? `Paused, ${news} waiting` : count(news, 'new event')}
            </button>`
      }
      ${ring.events.length === 0 ? this.#empty(ring) : nothing}
      <div class="split ${selected ? 'open' : ''}">
        <div
          class="panel"
          ?hidden=${ring.events.length === 0}
          @pointerenter=${this.#held.enter}
          @pointerleave=${this.#held.leave}
          @focusin=${this.#held.enter}
          @focusout=${this.#held.leave}
          @keydown=${this.#keys}
        >
          <div
            class="list"
            role="list"
            aria-label="Events, newest first"
            .style=${`block-size:${shown.length * height}px`}
          >
            <div role="presentation" .style=${`transform:translateY(${above * height}px)`}>
              ${repeat(
                this.#turns.of(rows),
                (_, index) => keyAt(index),
                (event) => this.#row(event, event.id === selected?.id),
              )}
            </div>
          </div>
        </div>
        ${selected ? html`<hive-event-sheet .event=${selected} @hive-close=${this.#close}></hive-event-sheet>` : nothing}
      </div>
      ${this.#tail.hasOlder ? html`<p><button @click=${() => void this.#tail.more()}>Load older events</button></p>` : nothing}`;
  }

  #row(event: HiveEvent, isSelected: boolean) {
    return html`<div role="listitem">
      <a class="row" href=${addressWith({ sel: event.id })} aria-current=${isSelected ? 'true' : nothing}>
        <time class="time mono" datetime=${event.at} title=${event.at}>${event.at.slice(11, 23)}</time>
        <span class="type mono one-line ${isError(event) ? 'tone-failed' : ''}">${visibleLine(event.type)}</span>
        <span class="what one-line">${visibleLine(eventWords(event).slice(0, shownWords))}</span>
        <span class="by one-line">${visibleLine(event.actor)}</span>
      </a>
    </div>`;
  }

  #said(ring: EventRing): string {
    const shown = ring.events.length;
    const parts = [count(shown, 'event')];
    if (ring.hidden > 0) parts.push(`${count(ring.hidden, 'event')} hidden by the text`);
    if (ring.dropped > 0) parts.push(`${ring.dropped.toLocaleString('en')} dropped here, they stay in the log`);
    if (this.#tail.hasOlder) parts.push('older ones are in the log');
    return parts.join(', ');
  }

  #empty(ring: EventRing) {
    const isFiltered = Object.keys(this.#query).length > 0;
    return html`<hive-notice
      heading=${isFiltered ? 'No event fits' : 'The log is empty'}
      said=${
        isFiltered
          ? `Nothing that was recorded fits this filter${ring.hidden > 0 ? ', as far as it was read' : ''}. What happens from now on appears here.`
          : 'Whatever happens in Hive is recorded and appears here.'
      }
      icon="traces"
    >
      ${isFiltered ? html`<a href="/events">Show all events</a>` : html`<hive-copy text="hive events -f" what="command"></hive-copy>`}
    </hive-notice>`;
  }

  #selected(ring: EventRing): HiveEvent | null {
    const id = this.#address.get('sel');
    if (id === '') return null;
    return ring.events.find((event) => event.id === id) ?? (this.fetched?.id === id ? this.fetched : null);
  }

  /** An event of a link may be older than what is shown. */
  async #fetchSelected(): Promise<void> {
    const id = this.#address.get('sel');
    const ring = this.#tail.value;
    if (id === '' || !ring || this.fetched?.id === id || ring.events.some((event) => event.id === id)) return;
    this.fetched = await this.desk.event(id).catch(() => null);
  }

  readonly #release = () => {
    if (this.#tail.isPaused) this.#tail.pause(false);
    this.#held.release();
  };

  readonly #close = () => goTo(addressWith({ sel: null }));

  readonly #keys = (event: KeyboardEvent) => {
    const step = { j: 1, ArrowDown: 1, k: -1, ArrowUp: -1 }[event.key];
    if (step === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const links = [...this.renderRoot.querySelectorAll<HTMLAnchorElement>('a.row')];
    links[links.findIndex((link) => link.matches(':focus')) + step]?.focus();
    event.preventDefault();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-events-page': HiveEventsPage;
  }
}
