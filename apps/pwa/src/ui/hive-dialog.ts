import { LitElement, css, html } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { baseStyles } from './base-styles.ts';
import { icon } from './icons.ts';

/**
 * Something over the page until it is closed: in the middle of a desk, from below on a phone. The content is the slot, what can be
 * done about it the slot `actions`. Focus stays inside, Escape and a click beside it close; then `hive-close` is fired.
 */
@customElement('hive-dialog')
export class HiveDialog extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: contents;
      }
      dialog {
        inline-size: min(560px, calc(100vw - 32px));
        max-block-size: min(80dvh, 800px);
        padding: 0;
        overflow: hidden;
        color: inherit;
        background: var(--hive-surface);
        border: 1px solid var(--hive-control);
        border-radius: var(--hive-radius-2);
        box-shadow: 0 8px 32px rgb(0 0 0 / 30%);
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 45%);
      }
      .inside {
        display: flex;
        flex-direction: column;
        max-block-size: inherit;
      }
      .head {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: var(--hive-space-3);
        padding: var(--hive-space-3) var(--hive-space-3) var(--hive-space-2) var(--hive-space-5);
      }
      h2 {
        font-size: var(--hive-size-4);
        overflow-wrap: anywhere;
      }
      .content {
        padding: 0 var(--hive-space-5) var(--hive-space-4);
        overflow: auto;
        overscroll-behavior: contain;
      }
      slot[name='actions'] {
        display: flex;
        flex-wrap: wrap;
        justify-content: flex-end;
        gap: var(--hive-space-2);
        padding: 0 var(--hive-space-5) var(--hive-space-4);
      }
      @media (max-width: 700px) {
        dialog {
          inline-size: 100vw;
          max-inline-size: 100vw;
          max-block-size: 85dvh;
          margin-block-end: 0;
          border-inline: 0;
          border-block-end: 0;
          border-end-start-radius: 0;
          border-end-end-radius: 0;
          padding-block-end: env(safe-area-inset-bottom);
        }
      }
    `,
  ];

  @property() heading = '';

  @query('dialog') private readonly dialog!: HTMLDialogElement;
  @query('.content') private readonly content!: HTMLElement;

  override render() {
    return html`<dialog aria-labelledby="heading" @close=${this.#tell} @click=${this.#besides}>
      <div class="inside">
        <div class="head">
          <h2 id="heading">${this.heading}</h2>
          <button class="plain" aria-label="Close" title="Close" @click=${() => this.close()}>${icon('close')}</button>
        </div>
        <div class="content"><slot></slot></div>
        <slot name="actions"></slot>
      </div>
    </dialog>`;
  }

  /** Opens it over everything else. */
  async show(): Promise<void> {
    await this.updateComplete;
    if (!this.dialog.open) this.dialog.showModal();
    // What has to be scrolled to be read is scrolled by key as well.
    const { content } = this;
    if (content.scrollHeight > content.clientHeight) content.tabIndex = 0;
  }

  close(): void {
    this.dialog.close();
  }

  readonly #tell = () => void this.dispatchEvent(new Event('hive-close'));

  readonly #besides = (event: MouseEvent) => {
    if (event.target === this.dialog) this.close();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-dialog': HiveDialog;
  }
  interface HTMLElementEventMap {
    'hive-close': Event;
  }
}
