import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { addressWith } from '../../app/address.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { traceViews } from './trace-views.ts';

/** The views of a trace as links, so that each can be opened, copied and gone back to. */
@customElement('hive-view-switch')
export class HiveViewSwitch extends LitElement {
  static override styles = [
    baseStyles,
    css`
      nav {
        display: flex;
        gap: var(--hive-space-1);
        border-block-end: 1px solid var(--hive-border);
        overflow-x: auto;
      }
      a {
        display: grid;
        place-items: center;
        min-block-size: var(--hive-target);
        padding-inline: var(--hive-space-3);
        border-block-end: 2px solid transparent;
        color: var(--hive-muted);
        text-decoration: none;
      }
      a:hover {
        color: var(--hive-text);
      }
      a[aria-current] {
        color: var(--hive-text);
        border-color: var(--hive-accent);
        font-weight: 600;
      }
      a:focus-visible {
        outline-offset: -2px;
      }
    `,
  ];

  /** The id of the view that is shown. */
  @property() shown = '';
  /** The whole address, so that the links keep what else it says. */
  @property() address = '';

  override render() {
    return html`<nav aria-label="Views of this trace">
      ${traceViews.map(
        ({ id, name }, index) =>
          html`<a
            href=${addressWith({ view: index === 0 ? null : id }, this.address)}
            aria-current=${id === this.shown ? 'page' : nothing}
            >${name}</a
          >`,
      )}
    </nav>`;
  }

  /** On a phone the last ones stand outside of it; the one that is shown is brought into sight, and the page stays where it is. */
  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('shown')) return;
    this.#places?.disconnect();
    const nav = this.renderRoot.querySelector('nav');
    const shown = nav?.querySelector('[aria-current]');
    if (!nav || !shown) return;
    // Where it stands is told with the frame; asked for at once, the page so far would be laid out for this alone.
    const places = (this.#places = new IntersectionObserver(
      ([entry]) => {
        places.disconnect();
        const over = (entry?.boundingClientRect.right ?? 0) - (entry?.rootBounds?.right ?? Infinity);
        if (over > 0) nav.scrollLeft += over;
      },
      { root: nav },
    ));
    places.observe(shown);
  }
  #places: IntersectionObserver | null = null;
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-view-switch': HiveViewSwitch;
  }
}
