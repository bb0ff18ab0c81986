import { LitElement, css, html } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { baseStyles } from '../ui/base-styles.ts';
import { icon } from '../ui/icons.ts';
import '../ui/hive-dialog.ts';
import type { HiveDialog } from '../ui/hive-dialog.ts';
import type { Place } from './places.ts';

/** What does not fit into the bar of a phone: the other places, and what stands in the rail of a desk. Fires `hive-close`. */
@customElement('hive-more')
export class HiveMore extends LitElement {
  static override styles = [
    baseStyles,
    css`
      nav,
      ul {
        display: grid;
        gap: 2px;
      }
      a,
      ::slotted(button) {
        display: flex;
        align-items: center;
        gap: var(--hive-space-3);
        min-block-size: 44px;
        color: inherit;
        text-decoration: none;
      }
      slot {
        display: grid;
        gap: var(--hive-space-2);
        margin-block-start: var(--hive-space-3);
      }
    `,
  ];

  @property({ attribute: false }) places: readonly Place[] = [];

  @query('hive-dialog') private readonly dialog!: HiveDialog;

  override render() {
    return html`<hive-dialog heading="More" @hive-close=${this.#close} @click=${this.#leave}>
      <nav aria-label="More places">
        ${this.places.map(({ path, title, menu }) => html`<a href=${path}>${menu && icon(menu.icon)}${title}</a>`)}
      </nav>
      <slot></slot>
    </hive-dialog>`;
  }

  protected override firstUpdated(): void {
    void this.dialog.show();
  }

  /** Whatever was chosen, it is done with. */
  readonly #leave = (event: Event) => {
    if (event.composedPath().some((node) => node instanceof HTMLAnchorElement || node instanceof HTMLButtonElement))
      this.dialog.close();
  };

  readonly #close = (event: Event) => {
    event.stopPropagation();
    this.dispatchEvent(new Event('hive-close'));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-more': HiveMore;
  }
}
