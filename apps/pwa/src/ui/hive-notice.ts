import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { baseStyles } from './base-styles.ts';
import { icon, type IconName } from './icons.ts';
import type { Tone } from './status.ts';

/** One thing to say instead of a list: nothing there yet, not found, failed, offline. The next step goes into the slot. */
@customElement('hive-notice')
export class HiveNotice extends LitElement {
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
        padding: var(--hive-space-5);
      }
      h2 {
        display: flex;
        align-items: center;
        gap: var(--hive-space-2);
        font-size: var(--hive-size-4);
      }
      .said {
        max-inline-size: 68ch;
        color: var(--hive-muted);
        overflow-wrap: anywhere;
      }
      h2 span {
        display: grid;
      }
      ::slotted(p) {
        flex-basis: 100%;
      }
      slot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-2);
      }
    `,
  ];

  @property() heading = '';
  @property() said = '';
  @property() icon: IconName = 'empty';
  @property() tone: Tone = 'idle';

  override render() {
    return html`<div class="panel">
      <h2><span class="tone-${this.tone}">${icon(this.icon)}</span>${this.heading}</h2>
      ${this.said === '' ? nothing : html`<p class="said">${this.said}</p>`}
      <slot></slot>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-notice': HiveNotice;
  }
}
