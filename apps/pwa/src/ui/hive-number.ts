import { LitElement, css, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { baseStyles } from './base-styles.ts';
import { eventsAddress, type EventQuery } from './event-query.ts';

const grouped = new Intl.NumberFormat('en');

/**
 * A figure that opens the events that it was folded from. The query is required: a number that nothing is behind is not shown.
 * `value` null is "not reported" and not 0. `text` is how the figure is written where its digits alone would not do (`4.2 s`).
 */
@customElement('hive-number')
export class HiveNumber extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: inline;
        font-variant-numeric: tabular-nums;
      }
      a {
        color: inherit;
        text-decoration: underline dotted transparent;
        text-underline-offset: 3px;
      }
      a:hover,
      a:focus-visible {
        text-decoration-color: currentColor;
      }
      @media (forced-colors: active) {
        a {
          color: LinkText;
        }
      }
    `,
  ];

  @property({ attribute: false }) value!: number | null;
  @property({ attribute: false }) query!: EventQuery;
  @property() text = '';
  /** What it counts, for people who hear the figure without its surroundings. */
  @property() label = '';

  override render() {
    if ((this.query as EventQuery | undefined) === undefined)
      throw new TypeError('A figure needs the query of its events');
    if (this.value === null) return html`<span class="muted">not reported</span>`;
    return html`<a href=${eventsAddress(this.query)} title="Open the events behind it"
      >${this.text === '' ? grouped.format(this.value) : this.text}${
        this.label === '' ? '' : html`<span class="visually-hidden"> ${this.label}</span>`
      }</a
    >`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-number': HiveNumber;
  }
}
