import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';
import type { Finding, Permission, TaskDetail } from '@hive/events';
import type { RoomDesk } from '../../../data/desk.ts';
import { PendingCommands } from '../../../data/pending-commands.ts';
import { baseStyles } from '../../../ui/base-styles.ts';
import '../../../ui/hive-status.ts';
import { Turns } from '../../../ui/turns.ts';
import { visibleLine, visibleText } from '../../../ui/visible-text.ts';
import '../../changes/hive-patch.ts';
import '../../changes/hive-return-task.ts';
import type { HiveReturnTask } from '../../changes/hive-return-task.ts';
import { returningOf } from '../../changes/return-words.ts';
import '../../evidence/hive-evidence-panel.ts';
import { attemptsOf } from './attempts.ts';
import './hive-attempts.ts';
import './hive-task-verbs.ts';
import type { Neighbour, TaskShown } from './read-task.ts';

/** All about one task below its title: verbs, what was asked, attempts, findings, evidence, changes, and the note back to its author. */
@customElement('hive-task-body')
export class HiveTaskBody extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host,
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--hive-space-2);
      }
      :host {
        gap: var(--hive-space-5);
      }
      .said {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .needs {
        display: flex;
        flex-wrap: wrap;
        gap: var(--hive-space-2) var(--hive-space-4);
      }
      .needs li {
        display: inline-flex;
        align-items: center;
        gap: var(--hive-space-2);
        min-block-size: var(--hive-target);
      }
      .findings {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--hive-space-2);
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) shown!: TaskShown;
  @property({ attribute: false }) may: (right: Permission) => boolean = () => false;

  @query('hive-return-task') private readonly returning!: HiveReturnTask | null;

  readonly #turns = new Turns(this, 1);
  readonly #pending = new PendingCommands(this, () => this.shown.events);

  override render() {
    const { task, events, needs, neededBy, approvals, repo } = this.shown;
    const { spec, evidence, findings, note, patch } = task;
    const proven = {
      id: task.id,
      key: task.key,
      status: task.status,
      commit: task.commit,
      workflowId: task.workflowId,
      repo,
    };
    /** A part where there is something to show, when its turn has come. */
    const part = (has: boolean, shown: () => unknown) => (has && this.#turns.one() ? shown() : nothing);
    return html`<hive-task-verbs .desk=${this.desk} .task=${task} .events=${events} .may=${this.may}></hive-task-verbs>
      ${part(spec.instructions !== undefined, () => this.#section('Instructions', html`<p class="said">${visibleText(spec.instructions ?? '')}</p>`))}
      ${part(needs.length > 0, () => this.#section('Needs', this.#neighbours(needs)))}
      ${part(neededBy.length > 0, () => this.#section('Needed by', this.#neighbours(neededBy)))}
      ${part(true, () =>
        this.#section(
          'Attempts',
          html`<hive-attempts
            .desk=${this.desk}
            .attempts=${attemptsOf(task.id, events)}
            .workflowId=${task.workflowId}
            .taskId=${task.id}
          ></hive-attempts>`,
        ),
      )}
      ${part(findings.length > 0, () =>
        this.#section(
          'Findings',
          html`<ul class="findings">
            ${findings.map((it) => this.#finding(it))}
          </ul>`,
        ),
      )}
      ${part(note !== null, () => this.#section('The last note to its author', html`<p class="said">${visibleText(note ?? '')}</p>`))}
      ${part(true, () =>
        this.#section(
          'Evidence',
          evidence === null
            ? html`<p class="muted">No evidence is recorded yet.</p>`
            : html`<hive-evidence-panel
                .desk=${this.desk}
                .evidence=${evidence}
                .of=${proven}
                .approvals=${approvals}
              ></hive-evidence-panel>`,
        ),
      )}
      ${part(patch !== null, () => this.#section('Changes', this.#changes(task, patch ?? '')))}
      ${part(this.may('work'), () => this.#back(task))}`;
  }

  #section(name: string, content: unknown) {
    return html`<section aria-label=${name}>
      <h2>${name}</h2>
      ${content}
    </section>`;
  }

  #neighbours(tasks: readonly Neighbour[]) {
    return html`<ul class="needs">
      ${tasks.map(
        ({ id, key, status }) =>
          html`<li>
            ${status === null ? nothing : html`<hive-status .status=${status}></hive-status>`}
            <a class="mono" href="/tasks/${id}">${visibleLine(key)}</a>
          </li>`,
      )}
    </ul>`;
  }

  #finding({ rule, message, file, line }: Finding) {
    const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}`;
    return html`<li>
      <b class="mono">${visibleLine(rule)}</b> <span class="mono muted">${visibleLine(place)}</span>
      <span class="said">${visibleText(message)}</span>
    </li>`;
  }

  #changes(task: TaskDetail, patch: string) {
    return html`<hive-patch
      .desk=${this.desk}
      .hash=${patch}
      ?quotable=${this.may('work') && returningOf(task).possible}
      @hive-quote=${({ detail }: CustomEvent<string>) => void this.returning?.quote(detail)}
    ></hive-patch>`;
  }

  #back(task: TaskDetail) {
    return html`<hive-return-task
      .returning=${returningOf(task)}
      .pending=${this.#pending.of('return')}
      @hive-return=${({ detail }: CustomEvent<string>) => void this.#return(task, detail)}
    ></hive-return-task>`;
  }

  async #return(task: TaskDetail, note: string): Promise<void> {
    const returning = returningOf(task);
    if (!returning.possible) return;
    await this.#pending.press({
      key: 'return',
      doing: 'Sending it back',
      effect: ({ type, stream }) => type === returning.event && stream === `task/${task.id}`,
      run: () => this.desk.retry(task.id, { note }),
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-task-body': HiveTaskBody;
  }
}
