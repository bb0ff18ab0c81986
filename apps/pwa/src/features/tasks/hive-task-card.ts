import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { TaskCard } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { count } from '../../ui/duration.ts';
import type { MenuItem } from '../../ui/hive-menu.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-author.ts';
import '../../ui/hive-menu.ts';
import '../../ui/hive-number.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';
import { whyNoCancel, whyNoRetry } from './task-verbs.ts';

/** What a card asks its page to do. */
export type CardWish = { readonly verb: 'retry' | 'cancel'; readonly card: TaskCard };

/** A task on the board: what it is, who wrote it, why it stands there, and what can be done with it. Fires `hive-card-wish`. */
@customElement('hive-task-card')
export class HiveTaskCard extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        block-size: 104px;
      }
      article {
        position: relative;
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        grid-template-rows: 38px 18px 22px;
        gap: 4px;
        block-size: 100%;
        padding: 8px var(--hive-space-2) 8px var(--hive-space-3);
        background: var(--hive-surface);
        border: 1px solid var(--hive-border);
        border-radius: var(--hive-radius-2);
      }
      article:hover {
        border-color: var(--hive-control);
      }
      .title {
        padding-inline-end: 28px;
        color: inherit;
        text-decoration: none;
        font-weight: 600;
        font-size: var(--hive-size-2);
        overflow-wrap: anywhere;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
      }
      .title::after {
        content: '';
        position: absolute;
        inset: 0;
        border-radius: inherit;
      }
      .title:focus-visible {
        outline: none;
      }
      .title:focus-visible::after {
        outline: 2px solid var(--hive-accent);
        outline-offset: -2px;
      }
      hive-number {
        position: relative;
        z-index: 1;
      }
      hive-menu {
        position: absolute;
        z-index: 1;
        inset-block-start: 2px;
        inset-inline-end: 2px;
      }
      .below {
        display: flex;
        align-items: center;
        gap: var(--hive-space-2);
        min-inline-size: 0;
        font-size: var(--hive-size-1);
      }
      .below hive-author {
        min-inline-size: 0;
        flex: 0 1 auto;
      }
      .again {
        flex: none;
        white-space: nowrap;
      }
      .below .age {
        margin-inline-start: auto;
        flex: none;
      }
      .why {
        display: flex;
        align-items: center;
        gap: var(--hive-space-2);
        min-inline-size: 0;
      }
      .why hive-status {
        flex: none;
      }
    `,
  ];

  @property({ attribute: false }) card!: TaskCard;
  /** Says the status: where a column holds tasks of several, and where the card has left its column. */
  @property({ type: Boolean }) tells = false;

  override render() {
    const { card } = this;
    return html`<article>
      <a class="title" href="/tasks/${card.id}" title=${visibleLine(card.title)}>${visibleLine(card.title)}</a>
      <span class="why small muted"
        >${this.tells ? html`<hive-status .status=${card.status}></hive-status>` : nothing}<span class="one-line"
          >${this.#why()}</span
        ></span
      >
      <span class="below">
        ${card.author === null ? nothing : html`<hive-author .author=${card.author}></hive-author>`}
        ${card.attempts > 0 ? html`<span class="muted again">${this.#figure(card.attempts, `attempt ${card.attempts + 1}`, 'task.attempt_failed')}</span>` : nothing}
        <span class="muted age" title="Its last event"><hive-time .at=${card.changedAt}></hive-time></span>
      </span>
      <hive-menu name="What to do with ${visibleLine(card.key)}" icon="more" .items=${this.#items()}></hive-menu>
    </article>`;
  }

  #why() {
    const { card } = this;
    if (card.blockedBy.length > 0)
      return html`needs
      ${card.blockedBy
        .slice(0, 3)
        .map((need) => visibleLine(need.key))
        .join(', ')}${card.blockedBy.length > 3 ? ` and ${card.blockedBy.length - 3} more` : ''}`;
    if (card.agent !== null)
      return html`<span class="mono">${visibleLine(card.agent)}</span> · ${visibleLine(card.goal)}`;
    if (card.code !== null)
      return html`<b class="mono tone-failed">${visibleLine(card.code)}</b>
        ${card.reason === null ? '' : visibleLine(card.reason)}`;
    if (card.rescues > 0)
      return html`${this.#figure(card.rescues, count(card.rescues, 'lost lease'), 'task.lease_expired')} ·
      ${visibleLine(card.goal)}`;
    return html`<span class="mono">${visibleLine(card.key)}</span> · ${visibleLine(card.goal)}`;
  }

  #figure(value: number, text: string, type: string) {
    return html`<hive-number
      .value=${value}
      .text=${text}
      .query=${{ types: [type], text: this.card.id }}
    ></hive-number>`;
  }

  #items(): readonly MenuItem[] {
    const { card } = this;
    const wish = (verb: CardWish['verb']) => () =>
      this.dispatchEvent(new CustomEvent('hive-card-wish', { detail: { verb, card }, bubbles: true, composed: true }));
    const because = (why: string | null) => (why === null ? {} : { why });
    return [
      { name: 'Retry with a note…', icon: 'retry', act: wish('retry'), ...because(whyNoRetry(card)) },
      { name: 'Cancel…', icon: 'stopped', tone: 'failed', act: wish('cancel'), ...because(whyNoCancel(card)) },
      {
        name: 'Copy the id',
        icon: 'copy',
        act: () => void navigator.clipboard.writeText(card.id),
      },
    ];
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-task-card': HiveTaskCard;
  }
  interface HTMLElementEventMap {
    'hive-card-wish': CustomEvent<CardWish>;
  }
}
