import { LitElement, html, nothing } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { shortId, type TaskResult } from '@hive/events';
import { AddressController } from '../../app/address-controller.ts';
import { addressWith, goTo } from '../../app/address.ts';
import { PendingCommands } from '../../data/pending-commands.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import '../../ui/hive-author.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-notice.ts';
import '../../ui/hive-status.ts';
import { stack } from '../../ui/stack.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../changes/hive-patch.ts';
import '../changes/hive-return-task.ts';
import type { HiveReturnTask } from '../changes/hive-return-task.ts';
import { returningOf } from '../changes/return-words.ts';
import { patchesOf } from './patches-of.ts';
import { taskChoice, taskChoiceStyles } from './task-choice.ts';
import type { TraceScene } from './trace-views.ts';

/** What the tasks of a trace change in the repository, task by task; a change can go back to its author with a note. */
@customElement('hive-changes-view')
export class HiveChangesView extends LitElement {
  static override styles = [baseStyles, taskChoiceStyles, stack(4)];

  @property({ attribute: false }) scene!: TraceScene;

  /** The patch that is shown: what stands below it comes after it, so that nothing moves. */
  @state() private settled = '';
  @query('hive-return-task') private readonly returning!: HiveReturnTask | null;

  readonly #address = new AddressController(this);
  readonly #pending = new PendingCommands(this, () => this.scene.trace.events);
  /** Notes that were begun, by task: going elsewhere and back loses none. */
  readonly #notes = new Map<string, string>();

  override render() {
    const patches = patchesOf(this.scene.trace.events);
    const tasks = this.scene.trace.result?.tasks.filter(({ id }) => patches.has(id)) ?? [];
    const shown = tasks.find(({ id }) => id === this.#address.get('task')) ?? tasks[0];
    if (!shown)
      return html`<hive-notice
        heading="Nothing is changed yet"
        said="A change stands here as soon as its author has handed it in."
        icon="empty"
      ></hive-notice>`;
    return html`${taskChoice(tasks, { shown, label: 'Tasks with changes' })}${this.#task(shown, patches.get(shown.id) ?? '')}`;
  }

  #task(task: TaskResult, patch: string) {
    const key = `return ${task.id}`;
    const { desk } = this.scene;
    const may = this.scene.may('work');
    return html`<div class="about">
        <hive-status .status=${task.status}></hive-status>
        <b>${visibleLine(task.title)}</b>
        ${task.author === null ? nothing : html`<hive-author .author=${task.author}></hive-author>`}
        <hive-copy text="hive diff ${shortId(task.id)}" what="command"></hive-copy>
      </div>
      <hive-patch
        .desk=${desk}
        .hash=${patch}
        ?quotable=${may && returningOf(task).possible}
        @hive-settled=${({ detail }: CustomEvent<string>) => (this.settled = detail)}
        @hive-quote=${({ detail }: CustomEvent<string>) => void this.returning?.quote(detail)}
      ></hive-patch>
      ${
        may && this.settled === patch
          ? html`<hive-return-task
              .returning=${returningOf(task)}
              .pending=${this.#pending.of(key)}
              .note=${this.#notes.get(task.id) ?? ''}
              @hive-note=${({ detail }: CustomEvent<string>) => this.#notes.set(task.id, detail)}
              @hive-return=${({ detail }: CustomEvent<string>) => void this.#return(task, detail)}
            ></hive-return-task>`
          : nothing
      }`;
  }

  async #return(task: TaskResult, note: string): Promise<void> {
    const returning = returningOf(task);
    if (!returning.possible) return;
    const stream = `task/${task.id}`;
    const taken = await this.#pending.press({
      key: `return ${task.id}`,
      doing: 'Sending it back',
      effect: (event) => event.type === returning.event && event.stream === stream,
      run: () => this.scene.desk.retry(task.id, { note }),
    });
    if (!taken) return;
    this.#notes.delete(task.id);
    goTo(addressWith({ task: task.id }), { replace: true });
    this.requestUpdate();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-changes-view': HiveChangesView;
  }
}
