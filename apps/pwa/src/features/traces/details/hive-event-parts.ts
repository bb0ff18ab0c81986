import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { HiveEvent } from '@hive/events';
import type { RoomDesk } from '../../../data/desk.ts';
import { baseStyles } from '../../../ui/base-styles.ts';
import { stack } from '../../../ui/stack.ts';
import { visibleLine, visibleText } from '../../../ui/visible-text.ts';
import '../../evidence/hive-output.ts';
import '../../tasks/detail/hive-turn.ts';
import { eventLinks, eventParts, type EventFact, type EventPart, type EventText } from './event-parts.ts';
import './hive-prompt.ts';

/** What an event says in full, under headings: why it failed, the model and what it was asked and answered, what was run and what that printed. */
@customElement('hive-event-parts')
export class HiveEventParts extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ${stack(3)}
      h3 {
        font-size: var(--hive-size-2);
        margin-block-end: var(--hive-space-1);
      }
      dl {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        gap: 2px var(--hive-space-3);
        font-size: var(--hive-size-2);
      }
      dt {
        color: var(--hive-muted);
        max-inline-size: 14ch;
        overflow-wrap: anywhere;
      }
      dd {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      summary {
        min-block-size: 28px;
        padding-block: 2px;
        font-size: var(--hive-size-2);
        overflow-wrap: anywhere;
      }
      nav {
        display: flex;
        flex-wrap: wrap;
        gap: var(--hive-space-2) var(--hive-space-4);
        overflow-wrap: anywhere;
      }
      nav a {
        min-block-size: 24px;
      }
    `,
  ];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) event!: HiveEvent;

  /** Texts that were opened, by their place. What is not opened is not read. */
  @state() private open: ReadonlySet<string> = new Set();

  override render() {
    const links = eventLinks(this.event);
    return html`${eventParts(this.event).map((it) => this.#part(it))}
    ${
      links.length === 0
        ? nothing
        : html`<nav aria-label="What it is about">
            ${links.map(({ name, href }) => html`<a href=${href}>${visibleLine(name)}</a>`)}
          </nav>`
    }`;
  }

  #part({ name, facts, texts }: EventPart) {
    return html`<section aria-label=${name}>
      <h3>${name}</h3>
      ${facts.length === 0 ? nothing : html`<dl>${facts.map((it) => this.#fact(it))}</dl>`}
      ${repeat(
        texts,
        (_, at) => `${this.event.id} ${name} ${at}`,
        (text, at) => this.#text(text, `${this.event.id} ${name} ${at}`),
      )}
    </section>`;
  }

  #fact({ name, text, tone, mono }: EventFact) {
    return html`<dt>${visibleLine(name)}</dt>
      <dd class="${tone === undefined ? '' : `tone-${tone}`} ${mono === true ? 'mono' : ''}">${visibleText(text)}</dd>`;
  }

  #text(text: EventText, key: string) {
    const opened = () => (this.open = new Set(this.open).add(key));
    return html`<details @toggle=${(event: ToggleEvent) => event.newState === 'open' && opened()}>
      <summary class=${text.tone === undefined ? '' : `tone-${text.tone}`}>${visibleLine(text.name)}</summary>
      ${this.open.has(key) ? this.#whole(text) : nothing}
    </details>`;
  }

  #whole({ kind, hash, name }: EventText) {
    switch (kind) {
      case 'prompt':
        return html`<hive-prompt .desk=${this.desk} .hash=${hash}></hive-prompt>`;
      case 'reply':
        return html`<hive-turn .desk=${this.desk} .reply=${hash}></hive-turn>`;
      case 'output':
        return html`<hive-output .desk=${this.desk} .hash=${hash} .of=${visibleLine(name)}></hive-output>`;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-event-parts': HiveEventParts;
  }
}
