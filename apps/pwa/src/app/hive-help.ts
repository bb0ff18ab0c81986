import { LitElement, css, html } from 'lit';
import { customElement, query } from 'lit/decorators.js';
import { baseStyles } from '../ui/base-styles.ts';
import '../ui/hive-dialog.ts';
import type { HiveDialog } from '../ui/hive-dialog.ts';
import { frameKeys, type KeyLine } from './keys.ts';
import { pageKeys } from './page-keys.ts';

/** Which keys do what, over the page. Fires `hive-close`. */
@customElement('hive-help')
export class HiveHelp extends LitElement {
  static override styles = [
    baseStyles,
    css`
      div {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(230px, 1fr));
        gap: var(--hive-space-4) var(--hive-space-5);
      }
      dl {
        display: grid;
        grid-template-columns: max-content 1fr;
        gap: var(--hive-space-1) var(--hive-space-3);
        margin-block-start: var(--hive-space-2);
      }
      kbd {
        font-family: var(--hive-mono);
        padding: 1px 6px;
        background: var(--hive-sunken);
        border: 1px solid var(--hive-border);
        border-radius: var(--hive-radius-1);
      }
    `,
  ];

  @query('hive-dialog') private readonly dialog!: HiveDialog;

  override render() {
    return html`<hive-dialog heading="Keys" @hive-close=${this.#close}>
      <div>${this.#part('Everywhere', frameKeys)} ${pageKeys.map(({ page, keys }) => this.#part(page, keys))}</div>
    </hive-dialog>`;
  }

  protected override firstUpdated(): void {
    void this.dialog.show();
  }

  #part(name: string, lines: readonly KeyLine[]) {
    return html`<section>
      <h3>${name}</h3>
      <dl>
        ${lines.map(
          ({ keys, does }) =>
            html`<dt>${keys.split(' ').map((key, n) => html`${n > 0 ? ' ' : ''}<kbd>${key}</kbd>`)}</dt>
              <dd>${does}</dd>`,
        )}
      </dl>
    </section>`;
  }

  readonly #close = (event: Event) => {
    event.stopPropagation();
    this.dispatchEvent(new Event('hive-close'));
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-help': HiveHelp;
  }
}
