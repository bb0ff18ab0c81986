import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { HiveEvent } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { duration } from '../../ui/duration.ts';
import { icon } from '../../ui/icons.ts';
import { visibleLine, visibleText } from '../../ui/visible-text.ts';
import '../../ui/hive-copy.ts';
import { eventWords } from './event-words.ts';
import type { Trace } from './trace-model.ts';

/** One event whole: what it says, what caused it, what it caused, and its JSON. Beside the tree at a desk, a sheet on a phone. */
@customElement('hive-event-details')
export class HiveEventDetails extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      aside {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--hive-space-3);
        max-block-size: calc(100dvh - 2 * var(--hive-space-4));
        overflow: auto;
        padding: var(--hive-space-4);
      }
      .top {
        display: flex;
        align-items: start;
        justify-content: space-between;
        gap: var(--hive-space-2);
      }
      .top button {
        margin: calc(-1 * var(--hive-space-2));
      }
      h2,
      p {
        overflow-wrap: anywhere;
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 2px var(--hive-space-3);
        font-size: var(--hive-size-2);
      }
      dt {
        color: var(--hive-muted);
      }
      dd {
        overflow-wrap: anywhere;
      }
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
      dd li + li {
        margin-block-start: 2px;
      }
      pre {
        padding: var(--hive-space-3);
        background: var(--hive-sunken);
        border-radius: var(--hive-radius-1);
        font: var(--hive-size-1) / 1.5 var(--hive-mono);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      @media (max-width: 1023px) {
        aside {
          max-block-size: 62dvh;
          border-radius: var(--hive-radius-2) var(--hive-radius-2) 0 0;
          box-shadow: 0 -4px 16px rgb(0 0 0 / 25%);
          padding-block-end: calc(var(--hive-space-4) + env(safe-area-inset-bottom));
        }
      }
    `,
  ];

  @property({ attribute: false }) event!: HiveEvent;
  @property({ attribute: false }) trace!: Trace;

  override render() {
    const { event, trace } = this;
    const cause = trace.events.find(({ id }) => id === event.causationId);
    const effects = trace.events.filter(({ causationId }) => causationId === event.id);
    const words = eventWords(event);
    return html`<aside class="panel" aria-label="Event" @keydown=${this.#keys}>
      <div class="top">
        <h2 class="mono">${visibleLine(event.type)}</h2>
        <button class="plain" aria-label="Close" @click=${() => this.#select(null)}>${icon('close')}</button>
      </div>
      ${words === '' ? nothing : html`<p>${visibleText(words)}</p>`}
      <dl>
        <dt>At</dt>
        <dd>${event.at} <span class="muted">+${duration(Date.parse(event.at) - trace.startMs)}</span></dd>
        <dt>By</dt>
        <dd class="mono">${visibleLine(event.actor)}</dd>
        <dt>Stream</dt>
        <dd class="mono">
          ${visibleLine(event.stream)} <span class="muted">version ${event.version}, position ${event.position}</span>
        </dd>
        <dt>Cause</dt>
        <dd>
          ${cause ? this.#link(cause) : html`<span class="muted">${event.causationId === null ? 'none: this is the root' : 'outside of this trace'}</span>`}
        </dd>
        <dt>Effects</dt>
        <dd>
          ${
            effects.length === 0
              ? html`<span class="muted">none</span>`
              : html`<ul>
                  ${effects.map((effect) => html`<li>${this.#link(effect)}</li>`)}
                </ul>`
          }
        </dd>
      </dl>
      <hive-copy text="Copy JSON" .value=${JSON.stringify(event, null, 2)} what="event as JSON"></hive-copy>
      <pre tabindex="0" aria-label="Event as JSON">${visibleText(JSON.stringify(event.data, null, 2))}</pre>
    </aside>`;
  }

  #link(to: HiveEvent) {
    return html`<button class="mono" @click=${() => this.#select(to.id)}>${visibleLine(to.type)}</button>`;
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
