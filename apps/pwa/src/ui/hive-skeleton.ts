import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';

/** The place where rows will be. */
@customElement('hive-skeleton')
export class HiveSkeleton extends LitElement {
  static override styles = css`
    :host {
      display: grid;
      gap: var(--hive-space-2);
    }
    div {
      block-size: 52px;
      border-radius: var(--hive-radius-2);
      background: var(--hive-sunken);
    }
  `;

  @property({ type: Number }) rows = 4;

  override render() {
    return html`<span role="status" aria-label="Loading"></span
      >${Array.from({ length: this.rows }, () => html`<div></div>`)}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-skeleton': HiveSkeleton;
  }
}
