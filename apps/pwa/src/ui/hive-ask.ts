import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { Question } from './ask-first.ts';
import { baseStyles } from './base-styles.ts';
import './hive-dialog.ts';
import type { HiveDialog } from './hive-dialog.ts';
import { visibleText } from './visible-text.ts';

/** The dialog of `askFirst`. Fires `hive-answer` with the note when it was a yes, and `hive-close` in any case. */
@customElement('hive-ask')
export class HiveAsk extends LitElement {
  static override styles = [
    baseStyles,
    css`
      p {
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
      label {
        display: grid;
        gap: var(--hive-space-1);
        margin-block-start: var(--hive-space-3);
      }
      textarea {
        font: inherit;
        color: inherit;
        background: var(--hive-surface);
        border: 1px solid var(--hive-control);
        border-radius: var(--hive-radius-1);
        padding: var(--hive-space-2);
        min-block-size: 80px;
        resize: vertical;
      }
      .danger {
        background: var(--hive-failed);
        border-color: var(--hive-failed);
        color: var(--hive-surface);
        font-weight: 600;
      }
    `,
  ];

  @property({ attribute: false }) question!: Question;

  @state() private note = '';

  @query('hive-dialog') private readonly dialog!: HiveDialog;

  override render() {
    const { heading, said, action, tone, note } = this.question;
    const lacks = note?.required === true && this.note.trim() === '';
    return html`<hive-dialog .heading=${visibleText(heading)} @hive-close=${this.#close}>
      <p>${visibleText(said)}</p>
      ${
        note === undefined
          ? nothing
          : html`<label
              >${note.label}
              <textarea
                maxlength="4000"
                ?required=${note.required ?? false}
                .value=${this.note}
                @input=${(event: Event) => (this.note = (event.target as HTMLTextAreaElement).value)}
              ></textarea>
            </label>`
      }
      <button slot="actions" @click=${() => this.dialog.close()}>Not now</button>
      <button slot="actions" class=${tone === 'danger' ? 'danger' : 'primary'} ?disabled=${lacks} @click=${this.#yes}>
        ${action}
      </button>
    </hive-dialog>`;
  }

  protected override firstUpdated(): void {
    void this.dialog.show();
  }

  readonly #yes = () => {
    this.dispatchEvent(new CustomEvent('hive-answer', { detail: { note: this.note.trim() } }));
    this.dialog.close();
  };

  readonly #close = (event: Event) => {
    event.stopPropagation();
    this.dispatchEvent(new Event('hive-close'));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-ask': HiveAsk;
  }
}
