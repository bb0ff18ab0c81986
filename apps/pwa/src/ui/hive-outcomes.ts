import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { baseStyles } from './base-styles.ts';
import { icon } from './icons.ts';
import { visibleLine } from './visible-text.ts';

/** What came of one of several things that were done in one go. `waits`: it is kept here until Hive answers. */
export type Outcome = { readonly of: string; readonly state: 'done' | 'waits' | 'refused'; readonly said: string };

const looks = {
  done: { tone: 'ok', icon: 'done' },
  waits: { tone: 'waiting', icon: 'queued' },
  refused: { tone: 'failed', icon: 'failed' },
} as const;

/** What came of each of several; nothing where nothing was done. Fires `hive-dismiss` when it was read. */
@customElement('hive-outcomes')
export class HiveOutcomes extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      .panel {
        display: grid;
        justify-items: start;
        gap: var(--hive-space-2);
        padding: var(--hive-space-3);
      }
      ul {
        inline-size: 100%;
        max-block-size: 30dvh;
        overflow: auto;
      }
      li {
        display: flex;
        gap: var(--hive-space-2);
        padding-block: 2px;
        overflow-wrap: anywhere;
      }
      .icon {
        margin-block-start: 2px;
      }
    `,
  ];

  @property({ attribute: false }) outcomes: readonly Outcome[] = [];

  override render() {
    if (this.outcomes.length === 0) return nothing;
    return html`<div class="panel" role="status">
      <ul tabindex="0" aria-label="What came of each">
        ${this.outcomes.map(({ of, state, said }) => {
          const look = looks[state];
          return html`<li>
            <span class="tone-${look.tone}">${icon(look.icon)}</span
            ><span><b>${visibleLine(of)}</b>: ${visibleLine(said)}</span>
          </li>`;
        })}
      </ul>
      <button class="plain" @click=${() => void this.dispatchEvent(new Event('hive-dismiss'))}>Dismiss</button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-outcomes': HiveOutcomes;
  }
}
