import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { baseStyles } from './base-styles.ts';

/** One of several views of the same thing. */
export type Tab = { readonly id: string; readonly name: string; readonly count?: number };

/**
 * A row of tabs. Fires `hive-tab` with the id of the one that was chosen; the page keeps it, usually in the address, and gives it
 * back as `selected`. What belongs to a tab has `role="tabpanel"` and the tab's name as its label.
 */
@customElement('hive-tabs')
export class HiveTabs extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        overflow-x: auto;
        scrollbar-width: none;
      }
      [role='tablist'] {
        display: flex;
        border-block-end: 1px solid var(--hive-border);
        min-inline-size: max-content;
      }
      button {
        min-block-size: max(36px, var(--hive-target));
        border: 0;
        border-block-end: 2px solid transparent;
        border-radius: 0;
        background: none;
        color: var(--hive-muted);
        white-space: nowrap;
      }
      button[aria-selected='true'] {
        color: var(--hive-text);
        border-block-end-color: var(--hive-accent);
        font-weight: 600;
      }
      button:focus-visible {
        outline-offset: -2px;
      }
      @media (forced-colors: active) {
        button[aria-selected='true'] {
          border-block-end-color: Highlight;
        }
      }
    `,
  ];

  @property({ attribute: false }) tabs: readonly Tab[] = [];
  @property() selected = '';
  @property() label = 'Views';

  override render() {
    return html`<div role="tablist" aria-label=${this.label} @keydown=${this.#keys}>
      ${repeat(
        this.tabs,
        ({ id }) => id,
        ({ id, name, count }) =>
          html`<button
            role="tab"
            aria-selected=${id === this.selected}
            tabindex=${id === this.selected ? 0 : -1}
            @click=${() => this.#choose(id)}
          >
            ${name}${count === undefined ? nothing : html` <span class="small">${count}</span>`}
          </button>`,
      )}
    </div>`;
  }

  /** On a phone there may be more than fit. */
  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('selected'))
      this.renderRoot.querySelector('[aria-selected=true]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  #choose(id: string): void {
    if (id !== this.selected) this.dispatchEvent(new CustomEvent('hive-tab', { detail: id }));
  }

  readonly #keys = (event: KeyboardEvent) => {
    const all = this.tabs.length;
    const at = this.tabs.findIndex(({ id }) => id === this.selected);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + all, Home: 0, End: all - 1 }[event.key];
    const next = to === undefined ? undefined : this.tabs[to % all];
    if (!next || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.#choose(next.id);
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>('[aria-selected=true]')?.focus());
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-tabs': HiveTabs;
  }
  interface HTMLElementEventMap {
    'hive-tab': CustomEvent<string>;
  }
}
