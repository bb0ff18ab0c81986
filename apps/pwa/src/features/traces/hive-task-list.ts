import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { proofWords, reviewerWords, shortId, type TaskResult } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { count, duration } from '../../ui/duration.ts';
import { visibleLine, visibleText } from '../../ui/visible-text.ts';
import '../../ui/hive-author.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-notice.ts';
import '../../ui/hive-number.ts';
import '../../ui/hive-status.ts';
import './hive-evidence.ts';
import './hive-phase-bar.ts';
import { phaseColours } from './phase-colours.ts';
import { activeMs } from './phases.ts';
import { taskListStyles } from './task-list-styles.ts';
import type { Trace } from './trace-model.ts';
import { barOf } from './waterfall/bar-of.ts';

const legend = html`<p class="legend small muted" aria-hidden="true">
  <i class="model"></i>model <i class="command"></i>work <i class="check"></i>check <i class="review"></i>review
  <i class="merge"></i>merge <i class="person"></i>waits for you
</p>`;

/** The tasks of a trace in the order of the plan: each with its outcome, why, who wrote it, the proof, and its time as a bar. */
@customElement('hive-task-list')
export class HiveTaskList extends LitElement {
  static override styles = [baseStyles, phaseColours, taskListStyles];

  @property({ attribute: false }) trace!: Trace;
  @property({ type: Number }) now = 0;

  override render() {
    const tasks = this.trace.result?.tasks ?? [];
    if (tasks.length === 0)
      return html`<hive-notice
        heading="There are no tasks yet"
        said="They stand here as soon as the goal is planned."
        icon="empty"
      ></hive-notice>`;
    return html`${legend}
      <ul class="panel">
        ${repeat(
          tasks,
          ({ id }) => id,
          (task) => html`<li>${this.#task(task)}</li>`,
        )}
      </ul>`;
  }

  #task(task: TaskResult) {
    const bar = barOf(this.trace.store, task.id);
    const active = activeMs(bar, this.now);
    return html`<details>
      <summary>
        <hive-status .status=${task.status}></hive-status>
        <span class="name"
          ><b class="mono">${visibleLine(task.key)}</b> <span class="title">${visibleLine(task.title)}</span></span
        >
        <span class="author"
          >${task.author === null ? nothing : html`<hive-author .author=${task.author}></hive-author>`}</span
        >
        <span class="proof small">${this.#proof(task)}</span>
        <hive-phase-bar
          aria-hidden="true"
          .phases=${bar.phases}
          .badAt=${bar.endedBadlyAt}
          .time=${{ from: this.trace.startMs, to: this.now }}
        ></hive-phase-bar>
        <span class="active small muted">${active === 0 ? '' : duration(active)}</span>
      </summary>
      <div class="more">${this.#more(task)}</div>
    </details>`;
  }

  /** The proof where the change got in, else why it did not. */
  #proof({ code, reason, evidence, status }: TaskResult) {
    if (code !== null && status !== 'merged')
      return html`<span class="mono tone-failed">${code}</span>
        <span class="muted">${reason === null ? '' : visibleLine(reason)}</span>`;
    if (evidence === null) return nothing;
    return html`<span class="tone-ok">${proofWords(evidence)}</span>
      <span class="muted">${(evidence.reviewers ?? []).map((it) => `· ${visibleLine(reviewerWords(it))} `)}</span>`;
  }

  #more(task: TaskResult) {
    return html`
      ${
        task.reason === null
          ? nothing
          : html`<p class="why">
              ${task.code === null ? nothing : html`<b class="mono">${task.code}</b> `}${visibleText(task.reason)}
            </p>`
      }
      ${
        task.findings.length === 0
          ? nothing
          : html`<h3>Findings</h3>
              <ul class="findings">
                ${task.findings.map((finding) => this.#finding(finding))}
              </ul>`
      }
      ${
        task.evidence === null
          ? html`<p class="muted">No evidence is recorded yet.</p>`
          : html`<hive-evidence .evidence=${task.evidence}></hive-evidence>`
      }
      <p class="commands">
        <hive-copy text="hive why ${shortId(task.id)}" what="command"></hive-copy>
        <hive-copy text="hive diff ${shortId(task.id)}" what="command"></hive-copy>
        ${task.commit === null ? nothing : html`<hive-copy .text=${task.commit.slice(0, 7)} .value=${task.commit} what="commit"></hive-copy>`}
        ${task.attempts > 0 ? html`<span class="muted small"><hive-number .value=${task.attempts} .text=${count(task.attempts, 'failed attempt')} .query=${{ types: ['task.attempt_failed'], trace: this.trace.correlationId, text: task.id }}></hive-number></span>` : nothing}
      </p>
    `;
  }

  #finding({ rule, message, file, line }: TaskResult['findings'][number]) {
    const place = file === undefined ? '' : ` ${visibleLine(file)}${line === undefined ? '' : `:${line}`}`;
    return html`<li>
      <span class="mono small muted">${visibleLine(rule)}${place}</span><br /><span class="said"
        >${visibleText(message)}</span
      >
    </li>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-task-list': HiveTaskList;
  }
}
