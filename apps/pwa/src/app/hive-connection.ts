import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Connection } from '../data/live-stream.ts';
import { baseStyles } from '../ui/base-styles.ts';
import { icon } from '../ui/icons.ts';

const clock = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB');
const asOf = (ms: number | null): string => (ms === null ? '' : `, as of ${clock(ms)}`);

/** How fresh the screen is, always in sight: live, reconnecting, or offline and since when. Wide enough for any usual word, so that nothing moves when it connects. */
@customElement('hive-connection')
export class HiveConnection extends LitElement {
  static override styles = [
    baseStyles,
    css`
      span {
        display: inline-flex;
        align-items: center;
        gap: 6px;
        font-size: var(--hive-size-1);
        white-space: nowrap;
        min-inline-size: 82px;
      }
      i {
        inline-size: 8px;
        block-size: 8px;
        border-radius: 50%;
        background: currentColor;
      }
    `,
  ];

  @property({ attribute: false }) connection: Connection = { state: 'connecting' };

  #tick: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.#tick = setInterval(() => this.connection.state === 'waiting' && this.requestUpdate(), 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#tick);
  }

  override render() {
    switch (this.connection.state) {
      case 'connecting':
        return html`<span class="tone-idle" role="status"><i></i>Connecting</span>`;
      case 'live':
        return html`<span class="tone-ok" role="status"><i></i>Live</span>`;
      case 'waiting': {
        const s = Math.max(0, Math.ceil((this.connection.retryAt - Date.now()) / 1000));
        return html`<span class="tone-waiting"><i></i>Reconnecting in ${s} s${asOf(this.connection.asOf)}</span>`;
      }
      case 'offline':
        return html`<span class="tone-waiting" role="status"
          >${icon('offline')}Offline${asOf(this.connection.asOf)}</span
        >`;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-connection': HiveConnection;
  }
}
