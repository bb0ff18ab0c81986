import { LitElement, css, html } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { baseStyles } from './base-styles.ts';
import { icon } from './icons.ts';
import { visibleLine } from './visible-text.ts';

/** A text with a button that copies it, or copies `value` and shows `text`. Says when it is done. */
@customElement('hive-copy')
export class HiveCopy extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: inline-flex;
        max-inline-size: 100%;
        vertical-align: middle;
      }
      button {
        min-inline-size: 0;
        min-block-size: 26px;
        padding: 2px 8px;
        gap: 6px;
        border-color: var(--hive-border);
        background: var(--hive-sunken);
        font-size: var(--hive-size-1);
        text-align: start;
      }
      code {
        font-family: var(--hive-mono);
        overflow-wrap: anywhere;
      }
      .icon {
        inline-size: 14px;
        block-size: 14px;
        color: var(--hive-muted);
      }
      .done .icon {
        color: var(--hive-ok);
      }
    `,
  ];

  @property() text = '';
  @property() value = '';
  /** What is copied, for people who do not see it: "short id", "command". */
  @property() what = 'text';

  @state() private copied = false;

  override render() {
    return html`<button class=${this.copied ? 'done' : ''} @click=${this.#copy} title="Copy ${this.what}">
      <code>${visibleLine(this.text)}</code>${icon(this.copied ? 'done' : 'copy')}
      <span class="visually-hidden" role="status">${this.copied ? `Copied ${this.what}` : `Copy ${this.what}`}</span>
    </button>`;
  }

  readonly #copy = async (event: Event) => {
    event.stopPropagation();
    event.preventDefault();
    await navigator.clipboard.writeText(this.value || this.text);
    this.copied = true;
    setTimeout(() => (this.copied = false), 1500);
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-copy': HiveCopy;
  }
}
