import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { baseStyles } from './base-styles.ts';
import { icon } from './icons.ts';
import { statusLook } from './status.ts';
import { visibleLine } from './visible-text.ts';

/** A status as icon, word and colour. */
@customElement('hive-status')
export class HiveStatus extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: inline-flex;
        vertical-align: middle;
      }
      span {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-weight: 600;
        white-space: nowrap;
      }
    `,
  ];

  @property() status = '';

  override render() {
    const look = statusLook(this.status);
    return html`<span class="tone-${look.tone}">${icon(look.icon)}${visibleLine(look.word)}</span>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-status': HiveStatus;
  }
}
