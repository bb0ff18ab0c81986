import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { RoomDesk } from '../../../data/desk.ts';
import { baseStyles } from '../../../ui/base-styles.ts';
import { count } from '../../../ui/duration.ts';
import { errorWords } from '../../../ui/error-words.ts';
import { stack } from '../../../ui/stack.ts';
import { verbatim } from '../../../ui/verbatim.ts';
import { visibleLine, visibleText } from '../../../ui/visible-text.ts';
import { promptOf, type PromptTurn } from './prompt-of.ts';

/** More of one turn than this is behind the link to the whole. */
const mostText = 20_000;

/** What a model was asked, turn by turn with the newest open, read from the recorded request. */
@customElement('hive-prompt')
export class HivePrompt extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ${stack(1)}
      ${verbatim}
      pre {
        max-block-size: 360px;
        min-block-size: 60px;
      }
      summary {
        min-block-size: 24px;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) desk!: Pick<RoomDesk, 'artefact'>;
  /** The artefact of the request. */
  @property() hash = '';

  @state() private shown: string | null = null;
  @state() private failed: unknown = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('hash')) void this.#read();
  }

  override render() {
    if (this.failed !== null)
      return html`<p class="tone-failed" role="status">
        It could not be loaded: ${visibleLine(errorWords(this.failed).said)}
        <button @click=${() => void this.#read()}>Try again</button>
      </p>`;
    if (this.shown === null) return html`<pre aria-busy="true" class="muted">…</pre>`;
    const turns = promptOf(this.shown) ?? [{ who: 'as it was sent', of: [], text: this.shown }];
    return html`${turns.map((turn, at) => this.#turn(turn, at === turns.length - 1))}
      <a
        href="/api/v1/artefacts/${encodeURIComponent(this.hash)}"
        target="_blank"
        rel="noopener noreferrer"
        class="small"
        >Open the whole request</a
      >`;
  }

  #turn({ who, of, text }: PromptTurn, isNewest: boolean) {
    const rest = text.length - mostText;
    const name = `${visibleLine(who)}, ${count(text.length, 'character')}`;
    return html`<details ?open=${isNewest}>
      <summary class="small">
        ${name}${of.length === 0 ? nothing : html`<span class="muted">, of ${visibleLine(of.join(', '))}</span>`}
      </summary>
      <pre tabindex="0" role="region" aria-label=${name}>
${visibleText(text.slice(0, mostText))}${rest > 0 ? html`<span class="muted"> … and ${count(rest, 'character')} more</span>` : nothing}</pre>
    </details>`;
  }

  async #read(): Promise<void> {
    const { hash } = this;
    this.shown = null;
    this.failed = null;
    try {
      const bytes = await this.desk.artefact(hash);
      if (hash === this.hash) this.shown = new TextDecoder().decode(bytes);
    } catch (error) {
      if (hash === this.hash) this.failed = error;
    }
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-prompt': HivePrompt;
  }
}
