import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { CommandState } from '../data/pending-commands.ts';
import { baseStyles } from './base-styles.ts';
import { errorWords } from './error-words.ts';
import { icon } from './icons.ts';

/** What became of a command that was pressed: on its way, taken, or refused with why and what to do. Fires `hive-dismiss` for a refusal. */
@customElement('hive-command-state')
export class HiveCommandState extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }
      p {
        display: flex;
        align-items: center;
        gap: var(--hive-space-2);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) state: CommandState | undefined;

  override render() {
    return html`<div role="status">${this.#said()}</div>`;
  }

  #said() {
    const { state } = this;
    if (state === undefined) return nothing;
    if (state.state !== 'refused')
      return html`<p class="tone-running small">
        ${icon('running')}${state.doing}${state.state === 'sent' ? '…' : ': accepted, its event has not come yet…'}
      </p>`;
    const { code, said, remedy } = errorWords(state.error);
    return html`<p class="tone-failed small">
      ${icon('failed')}<span
        >${code === null ? nothing : html`<b class="mono">${code}</b> `}${said}${remedy === '' ? nothing : html` ${remedy}`}</span
      ><button class="plain" aria-label="Dismiss" @click=${() => this.dispatchEvent(new Event('hive-dismiss'))}>
        ${icon('close')}
      </button>
    </p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-command-state': HiveCommandState;
  }
  interface HTMLElementEventMap {
    'hive-dismiss': Event;
  }
}
