import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Connection } from '../data/live-stream.ts';
import { baseStyles } from '../ui/base-styles.ts';
import { icon } from '../ui/icons.ts';
import type { Toast } from '../ui/toast.ts';
import { visibleLine } from '../ui/visible-text.ts';
import type { Stopped } from './standing.ts';
import type { Update } from './updates.ts';

const clock = (ms: number): string => new Date(ms).toLocaleTimeString('en-GB');

/**
 * What has to be said on every page, over its lower edge, so that nothing moves when it comes: that everything is paused, that what is
 * shown is old, that there is a new version, and what came of a command. Fires `hive-resume`, `hive-later` (the new version) and
 * `hive-read` with a toast that was dismissed.
 */
@customElement('hive-strip')
export class HiveStrip extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        position: fixed;
        inset-block-end: var(--hive-space-4);
        inset-inline: var(--hive-space-3);
        z-index: 9;
        display: grid;
        justify-items: center;
        gap: var(--hive-space-2);
        pointer-events: none;
      }
      [role='status'] {
        display: contents;
      }
      .line {
        pointer-events: auto;
        display: flex;
        align-items: center;
        gap: var(--hive-space-2);
        max-inline-size: 100%;
        padding: var(--hive-space-1) var(--hive-space-2) var(--hive-space-1) var(--hive-space-4);
        min-block-size: 44px;
        background: var(--hive-surface);
        border: 1px solid var(--hive-control);
        border-radius: var(--hive-radius-2);
        box-shadow: 0 4px 16px rgb(0 0 0 / 25%);
      }
      /* A name may be as long as it likes, and covers no more than this of the page. */
      .line > span + span {
        max-block-size: 3lh;
        overflow: auto;
        overflow-wrap: anywhere;
      }
      .line button,
      .icon {
        flex-shrink: 0;
      }
      @media (max-width: 700px) {
        :host {
          inset-block-end: calc(68px + env(safe-area-inset-bottom));
        }
      }
    `,
  ];

  @property({ attribute: false }) stopped: Stopped | null = null;
  @property({ attribute: false }) connection: Connection = { state: 'connecting' };
  @property({ attribute: false }) newer: Update | null = null;

  @property({ attribute: false }) toasts: readonly Toast[] = [];

  override render() {
    return html`<div role="status">
      ${this.#paused()} ${this.#old()} ${this.#newVersion()}
      ${this.toasts.map(
        (it) =>
          html`<div class="line">
            <span class="tone-${it.tone}">${icon(it.tone === 'ok' ? 'done' : 'failed')}</span
            ><span>${visibleLine(it.text)}</span>
            <button class="plain" @click=${() => this.dispatchEvent(new CustomEvent('hive-read', { detail: it }))}>
              Dismiss
            </button>
          </div>`,
      )}
    </div>`;
  }

  #paused() {
    if (this.stopped === null) return nothing;
    const { paused, running } = this.stopped;
    const kinds = Object.keys(paused).filter((kind) => kind !== 'all');
    const by = paused.all?.by;
    const what = paused.all ? 'Everything is paused' : `Paused: ${kinds.join(', ')}`;
    const still = running === 0 ? '' : running === 1 ? ', 1 step still runs' : `, ${running} steps still run`;
    return html`<div class="line">
      <span class="tone-waiting">${icon('paused')}</span>
      <span
        >${what}${by === undefined ? nothing : html` by ${visibleLine(by)}`}${
          still === '' ? nothing : html`<a href="/events?type=task.claimed">${still}</a>`
        }</span
      >
      <button @click=${() => this.dispatchEvent(new Event('hive-resume'))}>Resume</button>
    </div>`;
  }

  #old() {
    const { connection } = this;
    if (connection.state !== 'offline' && connection.state !== 'waiting') return nothing;
    return html`<div class="line">
      <span class="tone-waiting">${icon('offline')}</span>
      <span
        >${connection.state === 'offline' ? 'Offline' : 'Hive does not answer'}:
        ${connection.asOf === null ? 'nothing newer is known' : `data as of ${clock(connection.asOf)}`}</span
      >
    </div>`;
  }

  #newVersion() {
    if (this.newer === null) return nothing;
    return html`<div class="line">
      <span>There is a new version.</span>
      <button class="primary" @click=${() => this.newer?.accept()}>Reload</button>
      <button class="plain" @click=${() => this.dispatchEvent(new Event('hive-later'))}>Dismiss</button>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-strip': HiveStrip;
  }
  interface HTMLElementEventMap {
    'hive-resume': Event;
    'hive-later': Event;
    'hive-read': CustomEvent<Toast>;
  }
}
