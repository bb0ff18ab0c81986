import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { RoomDesk } from '../../data/desk.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { stack } from '../../ui/stack.ts';
import { verbatim } from '../../ui/verbatim.ts';
import { visibleText } from '../../ui/visible-text.ts';
import { plainOutput, type OutputPart } from './plain-output.ts';

const grouped = new Intl.NumberFormat('en');

/** What a command printed: the end of it as text, and the whole behind a link. Read when it is shown for the first time. */
@customElement('hive-output')
export class HiveOutput extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ${stack(1)}
      ${verbatim}
pre {
        max-block-size: 360px;
        min-block-size: 60px;
      }
    `,
  ];

  @property({ attribute: false }) desk!: Pick<RoomDesk, 'artefact'>;
  /** The artefact of the output. */
  @property() hash = '';
  /** What printed it, for people who do not see where it stands. */
  @property() of = 'the command';

  @state() private shown: OutputPart | 'loading' | { readonly error: unknown } = 'loading';

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('hash')) void this.#read();
  }

  override render() {
    const { shown } = this;
    const address = `/api/v1/artefacts/${encodeURIComponent(this.hash)}`;
    if (shown === 'loading') return html`<pre aria-busy="true" class="muted">…</pre>`;
    if ('error' in shown)
      return html`<p class="tone-failed" role="status">
        Its output could not be loaded:
        ${visibleText(shown.error instanceof Error ? shown.error.message : String(shown.error))}.
        <button @click=${() => void this.#read()}>Try again</button>
      </p>`;
    return html`<pre tabindex="0" role="region" aria-label="Output of ${this.of}">
${shown.text === '' ? html`<span class="muted">It printed nothing.</span>` : visibleText(shown.text)}</pre>
      ${
        shown.leftOut === 0
          ? nothing
          : html`<p class="small muted">
              ${grouped.format(shown.leftOut)} bytes before that are not shown here.
              <a href=${address} target="_blank" rel="noopener">Open the whole output</a>
            </p>`
      }`;
  }

  async #read(): Promise<void> {
    const { hash } = this;
    this.shown = 'loading';
    const next = await this.desk.artefact(hash).then(
      (bytes) => plainOutput(bytes),
      (error: unknown) => ({ error }),
    );
    if (hash === this.hash) this.shown = next;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-output': HiveOutput;
  }
}
