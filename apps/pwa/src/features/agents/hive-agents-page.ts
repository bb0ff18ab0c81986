import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AgentSummary } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { ago } from '../../ui/duration.ts';
import { loadView } from '../../ui/load-view.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';

const order = { busy: 0, idle: 1, draining: 2, gone: 3 };
const byRole = (a: AgentSummary, b: AgentSummary): number =>
  order[a.status] - order[b.status] || a.role.localeCompare(b.role) || a.agent.localeCompare(b.agent);

/** Who works here: each process with its role, host, step and the age of its heartbeat. */
@customElement('hive-agents-page')
export class HiveAgentsPage extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--hive-space-4);
      }
      table {
        inline-size: 100%;
        border-collapse: collapse;
      }
      th,
      td {
        padding: var(--hive-space-2) var(--hive-space-4);
        text-align: start;
        vertical-align: baseline;
        border-block-start: 1px solid var(--hive-border);
      }
      thead th {
        border-block-start: 0;
        color: var(--hive-muted);
        font-size: var(--hive-size-1);
        font-weight: 500;
      }
      tbody th {
        font-weight: 600;
      }
      .role {
        font-weight: 400;
      }
      @media (max-width: 700px) {
        .beat {
          text-align: end;
        }
        .beat::before {
          content: 'beat ';
        }
        thead {
          position: absolute;
          clip-path: inset(50%);
        }
        tr {
          display: grid;
          grid-template-columns: 1fr auto;
          gap: 2px var(--hive-space-3);
          padding: var(--hive-space-3);
          border-block-start: 1px solid var(--hive-border);
        }
        tbody tr:first-child {
          border-block-start: 0;
        }
        th,
        td {
          padding: 0;
          border: 0;
        }
        .wide {
          grid-column: 1 / -1;
        }
        .gone-on-phone {
          display: none;
        }
      }
    `,
  ];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  readonly #load = new LiveLoad<readonly AgentSummary[]>(this, {
    live: () => this.live,
    load: () => this.desk.agents(),
    concerns: ({ type }) =>
      /^(agent\.|task\.(claimed|submitted|checked|review_completed|merged|refused|failed|completed))/.test(type),
    everyMs: 5000,
  });

  override render() {
    return html`<h1 tabindex="-1">Agents</h1>
      ${loadView(this.#load, (agents) => (agents.length === 0 ? this.#empty() : this.#table(agents)))}`;
  }

  #table(agents: readonly AgentSummary[]) {
    return html`<div class="panel">
      <table>
        <thead>
          <tr>
            <th scope="col">Agent</th>
            <th scope="col">Status</th>
            <th scope="col">Now</th>
            <th scope="col">Host</th>
            <th scope="col">Heartbeat</th>
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            agents.toSorted(byRole),
            ({ incarnation }) => incarnation,
            (agent) => this.#row(agent),
          )}
        </tbody>
      </table>
    </div>`;
  }

  #row(agent: AgentSummary) {
    return html`<tr>
      <th scope="row">
        <span class="mono">${visibleLine(agent.agent)}</span
        >${agent.agent === agent.role ? nothing : html` <span class="role muted small">${visibleLine(agent.role)}</span>`}
      </th>
      <td><hive-status .status=${agent.status}></hive-status></td>
      <td class="wide">${this.#step(agent)}</td>
      <td class="muted">${visibleLine(agent.host)} <span class="small">pid ${agent.pid}</span></td>
      <td class="beat ${agent.beatAgeMs > 10_000 ? 'tone-waiting' : 'muted'}">${ago(agent.beatAgeMs)}</td>
      <td class="muted gone-on-phone">
        <hive-time .at=${agent.startedAt}></hive-time> <span class="small">${visibleLine(agent.version)}</span>
      </td>
    </tr>`;
  }

  #step({ step, load }: AgentSummary) {
    if (step === null) return load > 0 ? html`${load} steps` : html`<span class="muted">nothing</span>`;
    return html`${visibleLine(step.kind)}${step.title === null ? nothing : html`: ${visibleLine(step.title)}`}`;
  }

  #empty() {
    return html`<hive-notice
      heading="No agents are registered"
      said="Start the building; the orchestrator, planner, workers and reviewer register by themselves."
      icon="agents"
    >
      <hive-copy text="hive up" what="command"></hive-copy>
    </hive-notice>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-agents-page': HiveAgentsPage;
  }
}
