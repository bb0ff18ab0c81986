import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { eventWords, type HiveEvent } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { eventPanelStyles } from '../../ui/event-panel-styles.ts';
import { icon } from '../../ui/icons.ts';
import { PanelGrip } from '../../ui/panel-grip.ts';
import { visibleLine, visibleText } from '../../ui/visible-text.ts';
import '../../ui/hive-copy.ts';

/** One event whole: what it says, where it stands, its payload, and its trace. Beside the list at a desk, a sheet on a phone. */
@customElement('hive-event-sheet')
export class HiveEventSheet extends LitElement {
  static override styles = [
    baseStyles,
    eventPanelStyles,
    css`
      .links {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-2) var(--hive-space-4);
      }
    `,
  ];

  @property({ attribute: false }) event!: HiveEvent;

  readonly #grip: PanelGrip = new PanelGrip(this, () => this.#close());

  override render() {
    const { event } = this;
    const words = eventWords(event);
    return html`${this.#grip.render()}
      <aside class="panel" aria-label="Event" @keydown=${this.#keys}>
        <div class="top">
          <h2 class="mono">${visibleLine(event.type)}</h2>
          <button class="plain" aria-label="Close" @click=${this.#close}>${icon('close')}</button>
        </div>
        ${words === '' ? nothing : html`<p>${visibleText(words)}</p>`}
        <dl>
          <dt>At</dt>
          <dd>${event.at}</dd>
          <dt>By</dt>
          <dd class="mono">${visibleLine(event.actor)}</dd>
          <dt>Stream</dt>
          <dd class="mono">
            ${visibleLine(event.stream)} <span class="muted">version ${event.version}, position ${event.position}</span>
          </dd>
        </dl>
        <p class="links">
          <a href="/traces/${event.correlationId}?sel=${event.id}">Open in its trace</a>
          <a href="/events?trace=${event.correlationId}">Events of this trace</a>
          <hive-copy text="Copy JSON" .value=${JSON.stringify(event, null, 2)} what="event as JSON"></hive-copy>
        </p>
        <pre tabindex="0" aria-label="Payload as JSON">${visibleText(JSON.stringify(event.data, null, 2))}</pre>
      </aside>`;
  }

  readonly #close = () => this.dispatchEvent(new Event('hive-close'));

  readonly #keys = (event: KeyboardEvent) => {
    if (event.key === 'Escape') this.#close();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-event-sheet': HiveEventSheet;
  }
}
