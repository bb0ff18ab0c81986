import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { baseStyles } from './base-styles.ts';
import { icon, type IconName } from './icons.ts';

/** One thing that can be chosen. `why` says why it cannot be chosen now. */
export type MenuItem = {
  readonly name: string;
  readonly act: () => void;
  readonly icon?: IconName;
  readonly tone?: 'failed';
  readonly why?: string;
};

/** A button that opens a list of things to do. Arrow keys move, Escape closes, and focus returns to the button. */
@customElement('hive-menu')
export class HiveMenu extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: inline-block;
      }
      [popover] {
        position: fixed;
        inset: auto;
        margin: 0;
        min-inline-size: 180px;
        max-inline-size: min(340px, calc(100vw - 16px));
        padding: var(--hive-space-1);
        color: inherit;
        background: var(--hive-surface);
        border: 1px solid var(--hive-control);
        border-radius: var(--hive-radius-2);
        box-shadow: 0 4px 16px rgb(0 0 0 / 25%);
      }
      [role='menuitem'] {
        inline-size: 100%;
        justify-content: flex-start;
        border-color: transparent;
        background: none;
        text-align: start;
      }
      [role='menuitem']:hover,
      [role='menuitem']:focus-visible {
        background: var(--hive-sunken);
      }
      [aria-disabled='true'] {
        color: var(--hive-muted);
        cursor: default;
      }
      .why {
        display: block;
        font-size: var(--hive-size-1);
      }
    `,
  ];

  /** What the button says. With `icon` it is said by its label alone. */
  @property() name = 'More';
  @property() icon: IconName | '' = '';
  @property({ attribute: false }) items: readonly MenuItem[] = [];

  @query('[popover]') private readonly list!: HTMLElement;
  @query('.opener') private readonly opener!: HTMLButtonElement;

  override render() {
    return html`<button
        class="opener ${this.icon === '' ? '' : 'plain'}"
        aria-haspopup="menu"
        aria-expanded="false"
        popovertarget="list"
        aria-label=${this.icon === '' ? nothing : this.name}
        title=${this.icon === '' ? nothing : this.name}
        @keydown=${this.#openByKey}
      >
        ${this.icon === '' ? this.name : icon(this.icon)}
      </button>
      <div id="list" popover role="menu" aria-label=${this.name} @toggle=${this.#toggled} @keydown=${this.#keys}>
        ${repeat(
          this.items,
          ({ name }) => name,
          (item) => this.#item(item),
        )}
      </div>`;
  }

  #item({ name, icon: sign, tone, why, act }: MenuItem) {
    return html`<button
      role="menuitem"
      tabindex="-1"
      class=${tone === undefined ? '' : `tone-${tone}`}
      aria-disabled=${why === undefined ? 'false' : 'true'}
      @click=${() => {
        if (why !== undefined) return;
        this.list.hidePopover();
        act();
      }}
    >
      ${sign === undefined ? nothing : icon(sign)}<span
        >${name}${why === undefined ? nothing : html`<span class="why">${why}</span>`}</span
      >
    </button>`;
  }

  /** Stands below the button, or above it where there is no room, and never outside of the window. */
  readonly #toggled = (event: ToggleEvent) => {
    const isOpen = event.newState === 'open';
    this.opener.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) return;
    const from = this.opener.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.list;
    const below = from.bottom + 4 + height <= innerHeight;
    this.list.style.setProperty('top', `${below ? from.bottom + 4 : Math.max(8, from.top - 4 - height)}px`);
    this.list.style.setProperty('left', `${Math.max(8, Math.min(from.left, innerWidth - width - 8))}px`);
    this.#all()[0]?.focus();
  };

  readonly #openByKey = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    this.list.showPopover();
  };

  readonly #keys = (event: KeyboardEvent) => {
    const all = this.#all();
    const at = all.indexOf(this.shadowRoot?.activeElement as HTMLElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (event.key === 'Tab' || event.key === 'Escape') {
      this.list.hidePopover();
      this.opener.focus();
    }
    if (event.key !== 'Tab') event.stopPropagation();
    if (to === undefined) return;
    event.preventDefault();
    all[to % all.length]?.focus();
  };

  #all(): readonly HTMLElement[] {
    return [...this.list.querySelectorAll<HTMLElement>('[role=menuitem]')];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-menu': HiveMenu;
  }
}
