import { LitElement, css, html } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { CommandState } from '../../data/pending-commands.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import '../../ui/hive-command-state.ts';
import { icon } from '../../ui/icons.ts';
import type { Returning } from './return-words.ts';

const longestNote = 4000;

/** The note to the author of a change, and the button that sends the task back with it. Fires `hive-return` with the note. */
@customElement('hive-return-task')
export class HiveReturnTask extends LitElement {
  static override styles = [
    baseStyles,
    css`
      .panel {
        display: grid;
        overflow-wrap: anywhere;
        gap: var(--hive-space-2);
        padding: var(--hive-space-3) var(--hive-space-4) var(--hive-space-4);
      }
      h2 {
        font-size: var(--hive-size-3);
      }
      label {
        display: grid;
        gap: var(--hive-space-1);
      }
      textarea {
        font: var(--hive-size-2) / 1.5 var(--hive-mono);
        color: inherit;
        background: var(--hive-surface);
        border: 1px solid var(--hive-control);
        border-radius: var(--hive-radius-1);
        padding: var(--hive-space-2);
        min-block-size: 96px;
        resize: vertical;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-2) var(--hive-space-3);
      }
      .why {
        display: flex;
        gap: var(--hive-space-2);
      }
    `,
  ];

  @property({ attribute: false }) returning!: Returning;
  /** Where the return stands that was pressed. */
  @property({ attribute: false }) pending: CommandState | undefined;
  @property() note = '';

  @query('textarea') private readonly field!: HTMLTextAreaElement | null;

  override render() {
    const { returning, pending } = this;
    if (!returning.possible)
      return html`<div class="panel">
        <h2>A note to the author</h2>
        <p class="why muted">${icon('stopped')}<span>${returning.why}</span></p>
      </div>`;
    const isBusy = pending !== undefined && pending.state !== 'refused';
    return html`<form class="panel" @submit=${this.#send}>
      <label
        ><h2>A note to the author</h2>
        <textarea
          maxlength=${longestNote}
          aria-describedby="follows"
          placeholder="What should be different? Choose lines above to quote them."
          .value=${this.note}
          @input=${(event: Event) => this.#write((event.target as HTMLTextAreaElement).value)}
        ></textarea>
      </label>
      <p class="muted small" id="follows">${returning.follows}</p>
      <div class="actions">
        <button class="primary" ?disabled=${isBusy || this.note.trim() === ''}>${returning.action}</button>
        <hive-command-state .state=${pending}></hive-command-state>
      </div>
    </form>`;
  }

  /** Adds lines to the note and goes there. */
  async quote(text: string): Promise<void> {
    const before = this.note.trimEnd();
    this.#write(`${before}${before === '' ? '' : '\n\n'}${text}`.slice(0, longestNote));
    await this.updateComplete;
    this.field?.focus();
    this.field?.setSelectionRange(this.note.length, this.note.length);
  }

  #write(note: string): void {
    this.note = note;
    this.dispatchEvent(new CustomEvent('hive-note', { detail: note }));
  }

  readonly #send = (event: Event) => {
    event.preventDefault();
    this.dispatchEvent(new CustomEvent('hive-return', { detail: this.note.trim() }));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-return-task': HiveReturnTask;
  }
  interface HTMLElementEventMap {
    /** The task shall go back to its author with this note. */
    'hive-return': CustomEvent<string>;
    /** The note was changed. */
    'hive-note': CustomEvent<string>;
  }
}
