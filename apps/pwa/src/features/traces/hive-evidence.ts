import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { proofWords, reviewerWords, type Evidence, type EvidenceCommand } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { duration } from '../../ui/duration.ts';
import { stack } from '../../ui/stack.ts';
import { visibleLine } from '../../ui/visible-text.ts';

const places = { base: 'before', 'base+tests': 'before, with its tests', head: 'after' };

/** The evidence record: each command with where it ran, how it ended and how long it took; who checked and who reviewed. */
@customElement('hive-evidence')
export class HiveEvidence extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ${stack(2)}
      .scroll {
        overflow-x: auto;
      }
      table {
        border-collapse: collapse;
        font-size: var(--hive-size-2);
      }
      th {
        font-weight: 500;
        font-size: var(--hive-size-1);
        color: var(--hive-muted);
      }
      th,
      td {
        padding: 3px var(--hive-space-5) 3px 0;
        text-align: start;
        white-space: nowrap;
      }
      td:first-child {
        white-space: normal;
        overflow-wrap: anywhere;
        min-inline-size: 16ch;
      }
      .end {
        text-align: end;
      }
      .number {
        text-align: end;
      }
    `,
  ];

  @property({ attribute: false }) evidence!: Evidence;

  override render() {
    const { evidence } = this;
    return html`<p>
        <b class=${evidence.greenAfter ? 'tone-ok' : 'tone-failed'}>${proofWords(evidence)}</b>
        <span class="muted">${this.#who()}</span>
      </p>
      <div class="scroll" tabindex="0" role="region" aria-label="Commands that were run">
        <table>
          <thead>
            <tr>
              <th scope="col">Command</th>
              <th scope="col">On the code</th>
              <th scope="col">End</th>
              <th scope="col" class="number">Took</th>
            </tr>
          </thead>
          <tbody>
            ${evidence.commands.map((command) => this.#command(command))}
          </tbody>
        </table>
      </div>
      ${this.#notes()}`;
  }

  #command({ argv, on, exit, ms, infra }: EvidenceCommand) {
    const isGreen = exit === 0;
    const end = infra !== undefined ? infra : exit === null ? 'ended by a signal' : `exit ${exit}`;
    return html`<tr>
      <td class="mono">${visibleLine(argv.join(' '))}</td>
      <td>${places[on]}</td>
      <td class=${infra !== undefined ? 'tone-waiting' : isGreen ? 'tone-ok' : 'tone-failed'}>
        ${isGreen ? 'green' : infra === undefined ? 'red' : 'could not run'}, ${end}
      </td>
      <td class="number muted">${duration(ms)}</td>
    </tr>`;
  }

  #who(): string {
    const { checkedBy, reviewers = [], sandbox } = this.evidence;
    const parts = [
      `checked by ${checkedBy.agent} on ${checkedBy.host}`,
      ...reviewers.map(reviewerWords),
      sandbox === 'none' ? 'without a sandbox' : `in the sandbox ${sandbox}`,
    ];
    return visibleLine(` · ${parts.join(' · ')}`);
  }

  #notes() {
    const { flaky = [], dropped = [], mutants, setup } = this.evidence;
    const notes = [
      ...(setup === undefined ? [] : [`Set up with ${setup.argv.join(' ')}${setup.cached ? ', reused' : ''}.`]),
      ...(mutants === undefined ? [] : [`${mutants.rejected} of ${mutants.tried} mutants rejected.`]),
      ...(flaky.length === 0 ? [] : [`Flaky: ${flaky.join(', ')}.`]),
      ...(dropped.length === 0 ? [] : [`Red before and therefore not counted: ${dropped.join(', ')}.`]),
    ];
    return notes.length === 0 ? nothing : html`<p class="muted small">${visibleLine(notes.join(' '))}</p>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-evidence': HiveEvidence;
  }
}
