import { LitElement, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AgentSummary, Figures } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { duration } from '../../ui/duration.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-number.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';
import { stateOfAgent } from '../agents/agents-model.ts';
import { healthStyles } from './health-styles.ts';

/** The processes of the building: how they are, for how long, and their last trouble in the window of the figures. */
@customElement('hive-services')
export class HiveServices extends LitElement {
  static override styles = [baseStyles, healthStyles];

  @property({ attribute: false }) agents: readonly AgentSummary[] = [];
  /** Null until they were read. */
  @property({ attribute: false }) figures: Figures | null = null;

  override render() {
    const { agents } = this;
    return html`<div class="panel wide-table">
      <table>
        <thead>
          <tr>
            <th scope="col">Service</th>
            <th scope="col">State</th>
            <th scope="col">Up for</th>
            <th scope="col">Last trouble</th>
          </tr>
        </thead>
        <tbody>
          ${agents.map((agent) => this.#service(agent))}
        </tbody>
      </table>
    </div>`;
  }

  #service(agent: AgentSummary) {
    const state = stateOfAgent(agent);
    const upMs = Math.max(0, Date.now() - Date.parse(agent.startedAt));
    const last = this.figures?.agents.find((it) => it.agent === agent.agent)?.last ?? null;
    return html`<tr>
      <th scope="row">
        <a class="mono" href="/agents/${encodeURIComponent(agent.agent)}">${visibleLine(agent.agent)}</a>
        <span class="muted small">${visibleLine(agent.version)}</span>
      </th>
      <td><hive-status .status=${state}></hive-status></td>
      <td class="muted">
        ${state === 'gone' ? '' : html`<hive-number .value=${upMs} .text=${duration(upMs)} .query=${{ types: ['agent.registered'], text: agent.agent }}></hive-number>`}
      </td>
      <td class="small">
        ${
          last === null
            ? html`<span class="muted">none in this window</span>`
            : html`<a href="/traces/${last.correlationId}?sel=${last.eventId}"
                  >${visibleLine(last.text || last.type)}</a
                >
                <span class="muted"><hive-time .at=${last.at}></hive-time></span>`
        }
      </td>
    </tr>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-services': HiveServices;
  }
}
