import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { RoomDesk } from '../../../data/desk.ts';
import { baseStyles } from '../../../ui/base-styles.ts';
import { visibleLine, visibleText } from '../../../ui/visible-text.ts';
import { replyOf, type Reply } from './tool-calls.ts';

const mostText = 2000;

/** What a model said and which tools it called in one turn, read from the recorded reply. */
@customElement('hive-turn')
export class HiveTurn extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--hive-space-1);
        min-block-size: 20px;
        font-size: var(--hive-size-2);
      }
      p {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      li {
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) desk!: Pick<RoomDesk, 'artefact'>;
  /** The artefact of the reply. */
  @property() reply = '';

  @state() private said: Reply | 'loading' | 'none' | 'failed' = 'loading';

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('reply')) void this.#read();
  }

  override render() {
    const { said } = this;
    if (said === 'loading') return html`<span class="muted">…</span>`;
    if (said === 'failed')
      return html`<span class="tone-failed"
        >The reply could not be loaded. <button @click=${() => void this.#read()}>Try again</button></span
      >`;
    if (said === 'none') return html`<span class="muted">The recorded reply is none that this version can read.</span>`;
    const { calls, text } = said;
    const rest = text.length - mostText;
    return html`${text.trim() === '' ? nothing : html`<p>${visibleText(text.slice(0, mostText))}${rest > 0 ? html`<span class="muted"> … and ${rest} characters more</span>` : nothing}</p>`}
      ${
        calls.length === 0
          ? html`<span class="muted">It called no tool.</span>`
          : html`<ol aria-label="Tool calls">
              ${calls.map(({ name, about }) => html`<li class="mono"><b>${visibleLine(name)}</b> ${visibleLine(about)}</li>`)}
            </ol>`
      }
      <a href="/api/v1/artefacts/${encodeURIComponent(this.reply)}" target="_blank" rel="noopener" class="small"
        >Open the whole reply</a
      >`;
  }

  async #read(): Promise<void> {
    const { reply } = this;
    this.said = 'loading';
    const next = await this.desk.artefact(reply).then(
      (bytes) => replyOf(new TextDecoder().decode(bytes)) ?? ('none' as const),
      () => 'failed' as const,
    );
    if (reply === this.reply) this.said = next;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-turn': HiveTurn;
  }
}
