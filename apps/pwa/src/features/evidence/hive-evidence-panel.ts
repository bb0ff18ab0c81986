import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { proofWords, type ApprovalView, type Evidence, type EvidenceCommand, type TaskResult } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { duration } from '../../ui/duration.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-number.ts';
import { icon } from '../../ui/icons.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import { evidenceFacts, runGroups, type Fact, type RunGroup } from './evidence-facts.ts';
import { evidenceStyles } from './evidence-styles.ts';
import './hive-output.ts';
import { recheckCommands, statementName } from './recheck-commands.ts';

const places = { base: 'before', 'base+tests': 'before, with its tests', head: 'after' };
/** Where evidence is told; the figures of a record open these. */
const types = ['task.checked', 'task.completed', 'task.merged', 'merge.batch_checked'];

/** What an evidence record is about. */
export type Proven = Pick<TaskResult, 'id' | 'key' | 'status' | 'commit'> & {
  readonly workflowId: string;
  readonly repo: string;
};

/** An evidence record whole: each run with its output, who checked and reviewed, and how somebody else can check it again. */
@customElement('hive-evidence-panel')
export class HiveEvidencePanel extends LitElement {
  static override styles = [baseStyles, evidenceStyles];

  @property({ attribute: false }) desk!: Pick<RoomDesk, 'artefact'>;
  @property({ attribute: false }) evidence!: Evidence;
  @property({ attribute: false }) of!: Proven;
  /** What people were asked about this change. */
  @property({ attribute: false }) approvals: readonly ApprovalView[] = [];

  /** Runs whose output is shown; by group and place. */
  @state() private open: ReadonlySet<string> = new Set();

  override render() {
    const { evidence } = this;
    return html`<p class="proof">
        <b class=${evidence.greenAfter && evidence.redBefore !== 'not_red' ? 'tone-ok' : 'tone-failed'}
          ><hive-number
            .value=${evidence.commands.length}
            .text=${proofWords(evidence)}
            .query=${{ types, trace: this.of.workflowId, text: this.of.id }}
          ></hive-number
        ></b>
        ${evidence.redBefore === 'not_red' ? html`<span class="tone-failed">nothing was red before, so nothing is proven</span>` : nothing}
      </p>
      ${runGroups(evidence).map((group) => this.#runs(group))}
      <dl>${evidenceFacts(evidence, this.approvals).map((fact) => this.#fact(fact))}</dl>
      ${this.#again()}`;
  }

  #runs({ name, runs }: RunGroup) {
    return html`<div>
      <h3>${name}</h3>
      <ul class="runs panel">
        ${repeat(
          runs,
          (_, index) => index,
          (run, index) => this.#run(run, `${name} ${index}`),
        )}
      </ul>
    </div>`;
  }

  #run(run: EvidenceCommand, key: string) {
    const { argv, on, exit, ms, infra, log, name } = run;
    const isOpen = this.open.has(key);
    const isGreen = exit === 0 && infra === undefined;
    const end = infra ?? (exit === null ? 'ended by a signal' : `exit ${exit}`);
    const tone = infra !== undefined ? 'waiting' : isGreen ? 'ok' : 'failed';
    return html`<li>
      <button class="run" aria-expanded=${isOpen} @click=${() => this.#toggle(key)}>
        <span class="caret">${icon('open')}</span>
        <span class="command"
          ><b>${visibleLine(name)}</b> <span class="mono">${visibleLine(argv.join(' '))}</span></span
        >
        <span class="muted small">${places[on]}</span>
        <span class="tone-${tone}">${isGreen ? 'green' : infra === undefined ? 'red' : 'could not run'}, ${end}</span>
        <span class="muted small took">${duration(ms)}</span>
      </button>
      ${isOpen ? html`<hive-output .desk=${this.desk} .hash=${log} of=${`${visibleLine(name)}, ${places[on]}`}></hive-output>` : nothing}
    </li>`;
  }

  #toggle(key: string): void {
    const open = new Set(this.open);
    if (!open.delete(key)) open.add(key);
    this.open = open;
  }

  #fact({ name, texts, value, mono, tone }: Fact) {
    return html`<div>
      <dt>${name}</dt>
      <dd class="${mono ? 'mono' : ''} ${tone === undefined ? '' : `tone-${tone}`}">
        ${
          value === undefined
            ? texts.map((text) => html`<p>${visibleLine(text)}</p>`)
            : html`<hive-copy .text=${texts[0] ?? ''} .value=${value} what=${name}></hive-copy>`
        }
      </dd>
    </div>`;
  }

  #again() {
    const { id, commit, status, repo } = this.of;
    const merged = status === 'merged' ? commit : null;
    return html`<div>
      <h3>How to check it yourself</h3>
      ${
        merged === null
          ? nothing
          : html`<p>
              <a
                class="download"
                href="/api/v1/why/${encodeURIComponent(id)}/statement"
                download=${statementName(merged)}
                >${icon('save')} Download the signed statement</a
              >
              <span class="muted small"
                >in-toto, in a DSSE envelope. Its public key is in <span class="mono">evidence/key.pub.pem</span> of the
                home of this Hive; give it to others yourself.</span
              >
            </p>`
      }
      <ul class="commands">
        ${recheckCommands(this.evidence, { task: id, commit: merged, repo }).map(
          ({ says, command }) =>
            html`<li>
              <span class="small muted">${says}</span>
              <hive-copy .text=${visibleLine(command)} .value=${command} what="command"></hive-copy>
            </li>`,
        )}
      </ul>
    </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-evidence-panel': HiveEvidencePanel;
  }
}
