import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AgentSummary, Report, WorkflowSummary } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { loadView } from '../../ui/load-view.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-status.ts';
import { duration } from '../../ui/duration.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import './hive-workflow-card.ts';
import { homeStyles } from './home-styles.ts';
import { agentCounts, homeOf, type Home } from './home-model.ts';
import { reportWords } from './report-words.ts';

type Loaded = {
  readonly workflows: readonly WorkflowSummary[];
  readonly agents: readonly AgentSummary[];
  readonly more: boolean;
  /** Null where it could not be had; the rest of the page does without. */
  readonly report: Report | null;
};

const newest = 100;
const shownRecent = 8;
/** A report reads what happened in half a day, so it is asked for less often than the rest. */
const reportMs = 60_000;

/** What goes on now: first what needs a person, then what runs, then what came of the rest. */
@customElement('hive-home-page')
export class HiveHomePage extends LitElement {
  static override styles = [baseStyles, homeStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  readonly #load = new LiveLoad<Loaded>(this, {
    live: () => this.live,
    load: async () => {
      const [workflows, agents, report] = await Promise.all([
        this.desk.workflows({ limit: newest }),
        this.desk.agents(),
        this.#report(),
      ]);
      return { workflows: workflows.items, agents, more: workflows.next !== null, report };
    },
    concerns: ({ type }) => /^(workflow|task|merge|agent)\./.test(type),
    everyMs: 15_000,
  });

  #asked: { readonly at: number; readonly report: Promise<Report | null> } | undefined;

  #report(): Promise<Report | null> {
    const now = Date.now();
    if (!this.#asked || now - this.#asked.at >= reportMs)
      this.#asked = { at: now, report: this.desk.report().catch(() => null) };
    return this.#asked.report;
  }

  override render() {
    return html`<h1 tabindex="-1">Home</h1>
      ${loadView(this.#load, (loaded) => this.#home(loaded))}`;
  }

  #home({ workflows, agents, more, report }: Loaded) {
    const home = homeOf(workflows, Date.now());
    return html`
      ${this.#figures(home)} ${this.#agents(agents)} ${report && workflows.length > 0 ? this.#night(report) : nothing}
      ${workflows.length === 0 ? this.#empty() : nothing}
      ${this.#part('Needs you', home.needsYou, 'failed or refused in the last 24 hours, or waiting for an answer')}
      ${this.#part('Running', home.running)} ${this.#part('Recently finished', home.recent.slice(0, shownRecent))}
      ${more || home.recent.length > shownRecent ? html`<p><a href="/traces">All traces</a></p>` : nothing}
    `;
  }

  #figures({ figures }: Home) {
    const figure = (n: number, name: string, tone: string, filter: string) =>
      html`<li>
        <a class="panel" href="/traces${filter}"
          ><b class=${n > 0 ? `tone-${tone}` : 'muted'}>${n}</b><span class="muted small">${name}</span></a
        >
      </li>`;
    return html`<ul class="figures">
      ${figure(figures.running, 'workflows running', 'running', '?q=status%3Asubmitted%2Cplanned%2Crunning%2Cpaused')}
      ${figure(figures.waiting, 'wait for you', 'waiting', '?q=status%3Awaiting')}
      ${figure(figures.merged, 'tasks merged, 24 h', 'ok', '?q=status%3Acompleted%2Cfailed%2Crunning')}
      ${figure(figures.refused, 'refused or failed, 24 h', 'failed', '?q=status%3Afailed%2Crunning')}
    </ul>`;
  }

  #agents(agents: readonly AgentSummary[]) {
    const counts = agentCounts(agents);
    const said = (['busy', 'idle', 'draining', 'gone'] as const).filter((status) => counts[status] > 0);
    const busy = agents.filter((agent) => agent.step !== null);
    return html`<a class="panel agents" href="/agents" aria-label="Agents">
      <span class="counts">
        <b>Agents</b>
        ${said.length === 0 ? html`<span class="muted">none registered</span>` : nothing}
        ${said.map((status) => html`<span>${counts[status]} <hive-status .status=${status}></hive-status></span>`)}
      </span>
      ${busy
        .slice(0, 3)
        .map(
          ({ agent, step }) =>
            html`<span class="small muted one-line"
              ><span class="mono">${visibleLine(agent)}</span>
              ${step?.kind}${step?.title ? `: ${visibleLine(step.title)}` : ''}</span
            >`,
        )}
    </a>`;
  }

  #night(report: Report) {
    const { outcome, limits, models, again } = reportWords(report);
    return html`<div class="panel report" role="group" aria-label="Report">
      <span><b>The last ${duration(Date.parse(report.until) - Date.parse(report.since))}:</b> ${outcome}</span>
      ${[...limits, ...models, ...(again === null ? [] : [again])].map(
        (line) => html`<span class="small muted">${visibleLine(line)}</span>`,
      )}
    </div>`;
  }

  #part(name: string, workflows: readonly WorkflowSummary[], because = '') {
    if (workflows.length === 0) return nothing;
    return html`<section>
      <h2>${name}${because === '' ? nothing : html` <span class="muted small">${because}</span>`}</h2>
      <ul>
        ${repeat(
          workflows,
          ({ id }) => id,
          (workflow) => html`<li><hive-workflow-card .workflow=${workflow}></hive-workflow-card></li>`,
        )}
      </ul>
    </section>`;
  }

  #empty() {
    return html`<hive-notice
      heading="No workflows yet"
      said="Hand in a change of your own, or give Hive a goal. Both need a repository and a check."
      icon="flag"
    >
      <hive-copy text='hive submit HEAD --check "npm test"' what="command"></hive-copy>
      <hive-copy text='hive run "Fix the date parser" --check "npm test"' what="command"></hive-copy>
    </hive-notice>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-home-page': HiveHomePage;
  }
}
