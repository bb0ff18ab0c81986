import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { DeviceSummary, Role, TokenSummary } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-time.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import { settingsStyles } from './settings-styles.ts';

/** What is to be done with a browser or a token. */
export type KeyAsked =
  | { readonly what: 'rename' | 'revoke'; readonly device: DeviceSummary }
  | { readonly what: 'revoke'; readonly token: TokenSummary }
  | { readonly what: 'create'; readonly role: Role };

/** Who may come in: browsers, and tokens of programs. `tokens` null: this browser may not see them. Fires `hive-key`. */
@customElement('hive-keys-panel')
export class HiveKeysPanel extends LitElement {
  static override styles = [baseStyles, settingsStyles];

  @property({ attribute: false }) devices: readonly DeviceSummary[] = [];
  @property({ attribute: false }) tokens: readonly TokenSummary[] | null = null;
  /** The value of a token that was just made. */
  @property() made = '';

  override render() {
    return html`<section class="panel" aria-labelledby="devices">
        <h2 id="devices">Browsers that were let in</h2>
        <p class="muted small">
          To let in another: <span class="mono">hive pair --name "Phone of Ada"</span> where Hive runs.
        </p>
        ${
          this.devices.length === 0
            ? html`<p class="muted">None.</p>`
            : html`<ul>
                ${this.devices.map((it) => this.#device(it))}
              </ul>`
        }
      </section>
      ${this.tokens === null ? nothing : this.#programs(this.tokens)}`;
  }

  #device(device: DeviceSummary) {
    const name = visibleLine(device.name);
    return html`<li>
      <div class="grow">
        <b>${name}</b> <span class="muted small">${device.role}${device.current ? ', this one' : ''}</span>
        <p class="muted small">
          last seen <hive-time .at=${device.seenAt}></hive-time>, paired <hive-time .at=${device.pairedAt}></hive-time>
        </p>
      </div>
      <div class="row">
        <button aria-label=${`Rename ${name}`} @click=${() => this.#ask({ what: 'rename', device })}>Rename</button>
        <button
          aria-label=${device.current ? 'Log out here' : `Revoke ${name}`}
          @click=${() => this.#ask({ what: 'revoke', device })}
        >
          ${device.current ? 'Log out' : 'Revoke'}
        </button>
      </div>
    </li>`;
  }

  #programs(tokens: readonly TokenSummary[]) {
    return html`<section class="panel" aria-labelledby="tokens">
      <h2 id="tokens">Tokens of programs</h2>
      ${
        this.made === ''
          ? nothing
          : html`<p role="status">Shown this once; keep it where the program finds it:</p>
              <hive-copy text=${this.made} what="token"></hive-copy>`
      }
      ${
        tokens.length === 0
          ? html`<p class="muted">None.</p>`
          : html`<ul>
              ${tokens.map((it) => this.#token(it))}
            </ul>`
      }
      <div class="row">
        <button @click=${() => this.#ask({ what: 'create', role: 'viewer' })}>New token that may look</button>
        <button @click=${() => this.#ask({ what: 'create', role: 'operator' })}>New token that may hand in work</button>
      </div>
    </section>`;
  }

  #token(token: TokenSummary) {
    const name = visibleLine(token.name);
    return html`<li>
      <div class="grow">
        <b>${name}</b> <span class="muted small">${token.role}</span>
        <p class="muted small">
          ${token.usedAt === null ? 'never used' : html`last used <hive-time .at=${token.usedAt}></hive-time>`}
        </p>
      </div>
      <button aria-label=${`Revoke ${name}`} @click=${() => this.#ask({ what: 'revoke', token })}>Revoke</button>
    </li>`;
  }

  #ask(detail: KeyAsked): void {
    this.dispatchEvent(new CustomEvent<KeyAsked>('hive-key', { detail }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-keys-panel': HiveKeysPanel;
  }
  interface HTMLElementEventMap {
    'hive-key': CustomEvent<KeyAsked>;
  }
}
