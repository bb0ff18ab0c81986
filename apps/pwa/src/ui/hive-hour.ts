import { LitElement, css, html, svg } from 'lit';
import { customElement, property } from 'lit/decorators.js';

const height = 18;

/** What happened in each minute of an hour, as small bars: what went well below, what did not above it in another colour. */
@customElement('hive-hour')
export class HiveHour extends LitElement {
  static override styles = css`
    :host {
      display: inline-block;
      inline-size: 121px;
      block-size: ${height}px;
      vertical-align: middle;
    }
    svg {
      display: block;
      inline-size: 100%;
      block-size: 100%;
    }
    .base {
      fill: var(--hive-border);
    }
    .good {
      fill: var(--hive-ok);
    }
    .bad {
      fill: var(--hive-failed);
    }
    @media (forced-colors: active) {
      .good {
        fill: CanvasText;
      }
      .bad {
        fill: Mark;
      }
    }
  `;

  @property({ attribute: false }) good: readonly number[] = [];
  @property({ attribute: false }) bad: readonly number[] = [];

  override render() {
    const { good, bad } = this;
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    const most = Math.max(1, ...good.map((n, at) => n + (bad[at] ?? 0)));
    const tall = (n: number) => (n === 0 ? 0 : Math.max(2, (n / most) * (height - 2)));
    return html`<svg
      viewBox="0 0 120 ${height}"
      preserveAspectRatio="none"
      role="img"
      aria-label="Last hour: ${sum(good)} steps went well, ${sum(bad)} did not"
    >
      <rect class="base" x="0" y=${height - 1} width="120" height="1" />
      ${good.map((n, at) => {
        const [up, over] = [tall(n), tall(bad[at] ?? 0)];
        return svg`${up > 0 ? svg`<rect class="good" x=${at * 2} y=${height - 1 - up} width="1.6" height=${up} />` : ''}${
          over > 0 ? svg`<rect class="bad" x=${at * 2} y=${height - 1 - up - over} width="1.6" height=${over} />` : ''
        }`;
      })}
    </svg>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-hour': HiveHour;
  }
}
