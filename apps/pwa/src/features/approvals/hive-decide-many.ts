import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { ApprovalSummary } from '@hive/events';
import { roomOutbox, sendQueued } from '../../data/room-outbox.ts';
import { askFirst } from '../../ui/ask-first.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { count } from '../../ui/duration.ts';
import '../../ui/hive-outcomes.ts';
import type { Outcome } from '../../ui/hive-outcomes.ts';
import { stack } from '../../ui/stack.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import { kindWords } from './approvals-model.ts';
import { decideMany } from './decide-many.ts';
import type { Decided } from './approvals-model.ts';

/** Several requests of one kind, decided in one go, and what came of each. Fires `hive-chosen` when the choice is to be given up. */
@customElement('hive-decide-many')
export class HiveDecideMany extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ${stack(2)}
      .panel {
        display: grid;
        gap: var(--hive-space-2);
        padding: var(--hive-space-3);
      }
      .verbs {
        display: flex;
        flex-wrap: wrap;
        gap: var(--hive-space-2);
      }
      .deny {
        color: var(--hive-failed);
        border-color: currentColor;
      }
    `,
  ];

  @property({ attribute: false }) chosen: readonly ApprovalSummary[] = [];

  @state() private busy = false;
  @state() private outcomes: readonly Outcome[] = [];

  override render() {
    const { chosen, busy } = this;
    const [first] = chosen;
    return html`${
        first === undefined
          ? nothing
          : html`<div class="panel" role="group" aria-label="What to do with them">
              <b>${count(chosen.length, 'request')} chosen: ${kindWords[first.kind].toLowerCase()}, ${first.tier}</b>
              <div class="verbs">
                <button class="deny" ?disabled=${busy} @click=${() => void this.#do('deny')}>
                  Deny ${chosen.length}
                </button>
                <button class="primary" ?disabled=${busy} @click=${() => void this.#do('approve')}>
                  Approve ${chosen.length}
                </button>
                <button class="plain" @click=${this.#giveUp}>Choose none</button>
              </div>
            </div>`
      } <hive-outcomes .outcomes=${this.outcomes} @hive-dismiss=${() => (this.outcomes = [])}></hive-outcomes>`;
  }

  async #do(decision: Decided['decision']): Promise<void> {
    const { chosen } = this;
    const many = count(chosen.length, 'request');
    const approves = decision === 'approve';
    const answer = await askFirst({
      heading: approves ? `Approve ${many}?` : `Deny ${many}?`,
      said: `${chosen.map(({ action }) => `· ${visibleLine(action)}`).join('\n')}\n\nEach answer is bound to exactly what you were shown of it; what has changed meanwhile is refused.`,
      action: approves ? `Approve ${many}` : `Deny ${many}`,
      tone: approves ? 'plain' : 'danger',
      note: approves
        ? { label: 'Note, recorded with each' }
        : { label: 'Why: a denial goes to the author with its reason', required: true },
    });
    if (answer === null) return;
    this.busy = true;
    try {
      this.outcomes = await decideMany(
        chosen,
        { decision, reason: answer.note },
        { outbox: roomOutbox, send: sendQueued },
      );
      this.#giveUp();
    } finally {
      this.busy = false;
    }
  }

  readonly #giveUp = (): void => void this.dispatchEvent(new Event('hive-chosen'));
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-decide-many': HiveDecideMany;
  }
}
