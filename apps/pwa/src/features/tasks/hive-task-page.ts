import { LitElement, css, html, nothing, type PropertyValues } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shortId, type Permission } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { Rights } from '../../data/rights.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import '../../ui/hive-author.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';
import { loadView } from '../../ui/load-view.ts';
import { stack } from '../../ui/stack.ts';
import { visibleLine, visibleText } from '../../ui/visible-text.ts';
import type { TaskShown } from './detail/read-task.ts';

/** One task: what it is, where it stands and why; all else stands in its body, whose code comes with the task. */
@customElement('hive-task-page')
export class HiveTaskPage extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ${stack(5)}
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-2) var(--hive-space-3);
      }
      .said {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;
  /** Whole, or any unique ending. */
  @property({ attribute: false }) taskId = '';

  readonly #rights = new Rights(this, () => this.desk);
  readonly #load = new LiveLoad<TaskShown>(this, {
    live: () => this.live,
    load: async () => {
      const [{ readTask }] = await Promise.all([import('./detail/read-task.ts'), import('./detail/hive-task-body.ts')]);
      return readTask(this.desk, this.taskId);
    },
    // Also a call to a model, or a request to a person, that is about it.
    concerns: ({ stream, data }) => {
      const { taskId } = data as { taskId?: unknown };
      return stream.endsWith(this.taskId) || (typeof taskId === 'string' && taskId.endsWith(this.taskId));
    },
  });

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('taskId') && changed.get('taskId')) void this.#load.reset();
  }

  override render() {
    const { value } = this.#load;
    return html`<h1 tabindex="-1">${value ? visibleLine(value.task.title) : 'Task'}</h1>
      ${loadView(this.#load, (shown) => this.#task(shown))}`;
  }

  #task(shown: TaskShown) {
    const { task } = shown;
    const reason = task.waits?.text ?? task.reason;
    return html`<div class="top">
        <hive-status .status=${task.status}></hive-status>
        ${task.author === null ? nothing : html`<hive-author .author=${task.author}></hive-author>`}
        <span class="muted small"><hive-time .at=${task.createdAt}></hive-time></span>
        <a href="/traces/${task.workflowId}">Open its trace</a>
        <hive-copy .text=${shortId(task.id)} .value=${task.id} what="task id"></hive-copy>
        <hive-copy text="hive why ${shortId(task.id)}" what="command"></hive-copy>
      </div>
      ${reason === null ? nothing : html`<p class="said">${task.code === null ? nothing : html`<b class="mono">${task.code}</b> `}${visibleText(reason)}</p>`}
      <hive-task-body
        .desk=${this.desk}
        .shown=${shown}
        .may=${(right: Permission) => this.#rights.may(right)}
      ></hive-task-body>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-task-page': HiveTaskPage;
  }
}
