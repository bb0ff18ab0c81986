import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { ago } from './duration.ts';

/** A moment as its age; the exact time is its title. Ages while it is seen. */
@customElement('hive-time')
export class HiveTime extends LitElement {
  static override styles = css`
    :host {
      white-space: nowrap;
    }
  `;

  @property() at = '';

  #interval: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#interval = setInterval(() => this.requestUpdate(), 10_000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#interval);
  }

  override render() {
    return html`<time datetime=${this.at} title=${this.at}>${ago(Date.now() - Date.parse(this.at))}</time>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-time': HiveTime;
  }
}
