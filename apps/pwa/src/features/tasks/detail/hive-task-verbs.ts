import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { HiveEvent, Permission, TaskDetail } from '@hive/events';
import type { RoomDesk } from '../../../data/desk.ts';
import { PendingCommands } from '../../../data/pending-commands.ts';
import { askFirst } from '../../../ui/ask-first.ts';
import { baseStyles } from '../../../ui/base-styles.ts';
import '../../../ui/hive-command-state.ts';
import { icon } from '../../../ui/icons.ts';
import { stack } from '../../../ui/stack.ts';
import { visibleLine } from '../../../ui/visible-text.ts';
import { whyNotAllowed } from '../../../data/why-not-allowed.ts';
import { aboutCancel, aboutRetry, whyNoCancel, whyNoRetry } from '../task-verbs.ts';

/** Retry and cancel of one task, each with the reason where it does not fit; pending until its event has come. */
@customElement('hive-task-verbs')
export class HiveTaskVerbs extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ${stack(2)}
      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-2);
      }
      [aria-disabled='true'] {
        color: var(--hive-muted);
        border-color: var(--hive-border);
        cursor: default;
      }
    `,
  ];

  @property({ attribute: false }) desk!: Pick<RoomDesk, 'retry' | 'cancelTask'>;
  @property({ attribute: false }) task!: TaskDetail;
  @property({ attribute: false }) events: readonly HiveEvent[] = [];
  @property({ attribute: false }) may: (right: Permission) => boolean = () => false;

  readonly #pending = new PendingCommands(this, () => this.events);

  override render() {
    // The statuses of people are the states of the log, but for `infra`, which is a way to fail.
    const state = this.task.status === 'infra' ? 'failed' : this.task.status;
    const why = {
      retry: this.may('work') ? whyNoRetry({ state }) : whyNotAllowed('work'),
      cancel: this.may('stop') ? whyNoCancel({ state }) : whyNotAllowed('stop'),
    };
    return html`<div class="row" role="group" aria-label="What can be done">
        ${this.#button('retry', why.retry)} ${this.#button('cancel', why.cancel)}
        <span class="muted small" id="why"
          >${[...new Set([why.retry, why.cancel])].filter((it) => it !== null).join('. ')}</span
        >
      </div>
      ${this.#pending.all.map(([key, it]) => html`<hive-command-state .state=${it} @hive-dismiss=${() => this.#pending.dismiss(key)}></hive-command-state>`)}`;
  }

  #button(verb: 'retry' | 'cancel', why: string | null) {
    const isRetry = verb === 'retry';
    return html`<button
      class=${isRetry || why !== null ? '' : 'tone-failed'}
      aria-disabled=${why === null ? 'false' : 'true'}
      aria-describedby=${why === null ? nothing : 'why'}
      ?disabled=${this.#pending.isBusy(verb)}
      @click=${() => (why === null ? void this.#press(verb) : undefined)}
    >
      ${icon(isRetry ? 'retry' : 'stopped')}${isRetry ? 'Retry…' : 'Cancel…'}
    </button>`;
  }

  async #press(verb: 'retry' | 'cancel'): Promise<void> {
    const { task, desk } = this;
    const title = visibleLine(task.title);
    const isRetry = verb === 'retry';
    const about = { state: task.status === 'infra' ? ('failed' as const) : task.status, title };
    const answer = await askFirst({
      heading: isRetry ? 'Retry this task?' : 'Cancel this task?',
      said: isRetry ? aboutRetry(about) : aboutCancel({ title }),
      action: isRetry ? 'Retry it' : 'Cancel the task',
      tone: isRetry ? 'plain' : 'danger',
      ...(isRetry && { note: { label: 'A note for its author (optional)' } }),
    });
    if (answer === null) return;
    const told: readonly string[] = isRetry ? ['task.redriven', 'task.returned'] : ['task.cancelled'];
    await this.#pending.press({
      key: verb,
      doing: isRetry ? 'Retrying' : 'Cancelling',
      effect: ({ type, stream }) => told.includes(type) && stream === `task/${task.id}`,
      run: () =>
        isRetry ? desk.retry(task.id, answer.note === '' ? {} : { note: answer.note }) : desk.cancelTask(task.id),
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-task-verbs': HiveTaskVerbs;
  }
}
