import { LitElement, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { TaskResult } from '@hive/events';
import { AddressController } from '../../app/address-controller.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import '../../ui/hive-author.ts';
import '../../ui/hive-notice.ts';
import { stack } from '../../ui/stack.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../evidence/hive-evidence-panel.ts';
import { approvalsOf } from '../tasks/detail/read-task.ts';
import { taskChoice, taskChoiceStyles } from './task-choice.ts';
import type { TraceScene } from './trace-views.ts';

/** The proof of each task of a trace, whole: what was run where, how it ended, who checked and who reviewed. */
@customElement('hive-evidence-view')
export class HiveEvidenceView extends LitElement {
  static override styles = [baseStyles, taskChoiceStyles, stack(4)];

  @property({ attribute: false }) scene!: TraceScene;

  readonly #address = new AddressController(this);

  override render() {
    const tasks = this.scene.trace.result?.tasks.filter(({ evidence }) => evidence !== null) ?? [];
    const shown = tasks.find(({ id }) => id === this.#address.get('task')) ?? tasks[0];
    if (!shown)
      return html`<hive-notice
        heading="Nothing is proven yet"
        said="The evidence of a change stands here as soon as its checks have run."
        icon="empty"
      ></hive-notice>`;
    return html`${taskChoice(tasks, { shown, label: 'Tasks with evidence' })}${this.#task(shown)}`;
  }

  #task(task: TaskResult) {
    const { id, key, status, commit, evidence, author } = task;
    const { desk, trace, correlationId } = this.scene;
    const about = trace.events.filter(({ data }) => (data as { taskId?: unknown }).taskId === id);
    const streams = new Set(about.map(({ stream }) => stream));
    return html`<div class="about">
        <hive-status .status=${status}></hive-status>
        <h2>${visibleLine(task.title)}</h2>
        ${author === null ? '' : html`<hive-author .author=${author}></hive-author>`}
        <a href="/tasks/${id}">Open the task</a>
      </div>
      <hive-evidence-panel
        .desk=${desk}
        .evidence=${evidence}
        .of=${{ id, key, status, commit, workflowId: correlationId, repo: trace.result?.repo ?? '' }}
        .approvals=${approvalsOf(trace.events.filter(({ stream }) => streams.has(stream)))}
      ></hive-evidence-panel>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-evidence-view': HiveEvidenceView;
  }
}
