import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { Task } from '@lit/task';
import type { HiveEvent } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { eventPanelStyles } from '../../ui/event-panel-styles.ts';
import { duration } from '../../ui/duration.ts';
import { errorWords } from '../../ui/error-words.ts';
import { icon } from '../../ui/icons.ts';
import { PanelGrip } from '../../ui/panel-grip.ts';
import { visibleLine, visibleText } from '../../ui/visible-text.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-skeleton.ts';
import type { RoomDesk } from '../../data/desk.ts';
import './details/hive-event-parts.ts';
import type { Trace } from './trace-model.ts';
import { none } from './waterfall/subject-bars.ts';

/** More links than this are no help. */
const mostEffects = 20;

/** One event whole: what it says, what caused it, what it caused, and its JSON. Beside the tree at a desk, a sheet on a phone. */
@customElement('hive-event-details')
export class HiveEventDetails extends LitElement {
  static override styles = [
    baseStyles,
    eventPanelStyles,
    css`
      dd button {
        min-block-size: 24px;
        padding: 0;
        border: 0;
        background: none;
        color: var(--hive-accent);
        text-decoration: underline;
        text-underline-offset: 3px;
        text-align: start;
      }
      .row {
        display: flex;
        flex-wrap: wrap;
        gap: var(--hive-space-2);
      }
      dd li + li {
        margin-block-start: 2px;
      }
    `,
  ];

  @property({ attribute: false }) desk!: RoomDesk;
  /** The id of the event; it is in the store of the trace. */
  @property({ attribute: false }) of = '';
  @property({ attribute: false }) trace!: Trace;
  /** Answers an event with its payload. */
  @property({ attribute: false }) read!: (id: string) => Promise<HiveEvent>;

  readonly #event = new Task(this, { task: ([id]) => this.read(id), args: () => [this.of] as const });

  readonly #grip: PanelGrip = new PanelGrip(this, () => this.#select(null));

  override render() {
    const { store, startMs } = this.trace;
    const row = store.rowOf(this.of);
    const cause = store.cause[row] ?? none;
    const effects = store.effectsOf(row);
    const at = store.at[row] ?? startMs;
    const words = store.textOf('words', row);
    return html`${this.#grip.render()}
      <aside class="panel" aria-label="Event" @keydown=${this.#keys}>
        <div class="top">
          <h2 class="mono">${visibleLine(store.textOf('type', row))}</h2>
          <button class="plain" aria-label="Close" @click=${() => this.#select(null)}>${icon('close')}</button>
        </div>
        ${words === '' ? nothing : html`<p>${visibleText(words)}</p>`}
        <dl>
          <dt>At</dt>
          <dd>${new Date(at).toISOString()} <span class="muted">+${duration(at - startMs)}</span></dd>
          <dt>By</dt>
          <dd class="mono">${visibleLine(store.textOf('actor', row))}</dd>
          <dt>Stream</dt>
          <dd class="mono">${this.#stream()}</dd>
          <dt>Cause</dt>
          <dd>${cause === none ? html`<span class="muted">none in this trace</span>` : this.#link(cause)}</dd>
          <dt>Effects</dt>
          <dd>
            ${
              effects.length === 0
                ? html`<span class="muted">none</span>`
                : html`<ul>
                      ${effects.slice(0, mostEffects).map((effect) => html`<li>${this.#link(effect)}</li>`)}
                    </ul>
                    ${effects.length > mostEffects ? html`<span class="muted">and ${effects.length - mostEffects} more</span>` : nothing}`
            }
          </dd>
        </dl>
        ${this.#event.render({
          pending: () => html`<hive-skeleton rows="3"></hive-skeleton>`,
          complete: (event) => this.#whole(event),
          error: (error) => this.#failed(error),
        })}
      </aside>`;
  }

  #whole(event: HiveEvent) {
    const json = JSON.stringify(event, null, 2);
    return html`<hive-event-parts .desk=${this.desk} .event=${event}></hive-event-parts>
      <div class="row">
        <hive-copy text="Copy JSON" .value=${json} what="event as JSON"></hive-copy>
        <hive-copy
          text="Copy link"
          .value=${new URL(`/traces/${event.correlationId}?sel=${event.id}`, location.href).href}
          what="link"
        ></hive-copy>
      </div>
      <details>
        <summary>JSON</summary>
        <pre tabindex="0" aria-label="Event as JSON">${visibleText(JSON.stringify(event.data, null, 2))}</pre>
      </details>`;
  }

  #failed(error: unknown) {
    const { said, remedy } = errorWords(error);
    return html`<p class="muted" role="status">What this event says in full could not be read. ${said} ${remedy}</p>
      <button @click=${() => void this.#event.run()}>Try again</button>`;
  }

  #stream() {
    const event = this.#event.value;
    if (event?.id !== this.of) return html`<span class="muted">…</span>`;
    return html`${visibleLine(event.stream)}
      <span class="muted">version ${event.version}, position ${event.position}</span>`;
  }

  #link(row: number) {
    const { store } = this.trace;
    return html`<button class="mono" @click=${() => this.#select(store.idOf(row))}>
      ${visibleLine(store.textOf('type', row))}
    </button>`;
  }

  #select(id: string | null): void {
    this.dispatchEvent(new CustomEvent('hive-select', { detail: id }));
  }

  readonly #keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape') this.#select(null);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-event-details': HiveEventDetails;
  }
}
