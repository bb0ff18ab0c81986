import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AgentSummary, ApprovalSummary, LimitWindow, Report, WorkflowSummary } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { duration } from '../../ui/duration.ts';
import { eventsAddress, type EventQuery } from '../../ui/event-query.ts';
import '../../ui/hive-status.ts';
import { loadMoreIcons } from '../../ui/icons.ts';
import { loadView } from '../../ui/load-view.ts';
import { Turns } from '../../ui/turns.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import './hive-workflow-card.ts';
import { homeStyles } from './home-styles.ts';
import { agentCounts, homeOf, leftOf, nextReset } from './home-model.ts';
import { mergedTypes, notThroughTypes, reportWords } from './report-words.ts';

type Loaded = {
  readonly workflows: readonly WorkflowSummary[];
  readonly agents: readonly AgentSummary[];
  readonly approvals: readonly ApprovalSummary[];
  readonly limits: readonly LimitWindow[];
  readonly more: boolean;
  /** Null where it could not be had; the rest of the page does without. */
  readonly report: Report | null;
};

const newest = 100;
const shownRecent = 8;
const shownMerges = 5;
const dayMs = 86_400_000;
/** A report reads what happened in a day, so it is asked for less often than the rest. */
const reportMs = 10_000;

/** What goes on now: first what needs a person, then what runs, then what came of the rest. */
@customElement('hive-home-page')
export class HiveHomePage extends LitElement {
  static override styles = [baseStyles, homeStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  readonly #load = new LiveLoad<Loaded>(this, {
    live: () => this.live,
    load: async () => {
      const [workflows, agents, approvals, limits, report] = await Promise.all([
        this.desk.workflows({ limit: newest }),
        this.desk.agents(),
        this.desk.approvals({ limit: newest }),
        this.desk.limits().catch(() => []),
        this.#report(),
      ]);
      if (workflows.items.length === 0) await Promise.all([import('./hive-first-steps.ts'), loadMoreIcons()]);
      return {
        workflows: workflows.items,
        agents,
        approvals: approvals.items,
        limits,
        more: workflows.next !== null,
        report,
      };
    },
    concerns: ({ type }) => /^(workflow|task|merge|agent|approval)\./.test(type),
    everyMs: 15_000,
  });

  readonly #turns = new Turns(this);
  #asked: { readonly at: number; readonly report: Promise<Report | null> } | undefined;

  #report(): Promise<Report | null> {
    const now = Date.now();
    if (!this.#asked || now - this.#asked.at >= reportMs)
      this.#asked = {
        at: now,
        report: this.desk.report({ since: new Date(now - dayMs).toISOString() }).catch(() => null),
      };
    return this.#asked.report;
  }

  override render() {
    return html`<h1 tabindex="-1">Home</h1>
      <a href="/new">New workflow</a>
      ${loadView(this.#load, (loaded) => this.#home(loaded))}`;
  }

  #home({ workflows, agents, approvals, limits, more, report }: Loaded) {
    const { needsYou, running, recent } = homeOf(workflows, Date.now(), approvals);
    return html`
      ${workflows.length === 0 ? html`<hive-first-steps .desk=${this.desk}></hive-first-steps>` : nothing}
      ${
        needsYou.length + approvals.length === 0 || !this.#turns.one()
          ? nothing
          : html`<section aria-labelledby="needs">
              <h2 id="needs">Needs you</h2>
              <ul>
                ${this.#turns.of(approvals).map((approval) => this.#approval(approval))}
                ${this.#cards(needsYou, workflows)}
              </ul>
            </section>`
      }
      ${this.#figures(running.length, needsYou.length + approvals.length, report)} ${this.#agents(agents)}
      ${this.#part('Running', running, workflows)} ${report === null ? nothing : this.#day(report, limits)}
      ${this.#part('Recently finished', recent.slice(0, shownRecent), workflows)}
      ${this.#turns.one() && (more || recent.length > shownRecent) ? html`<p><a href="/traces">All traces</a></p>` : nothing}
    `;
  }

  #approval({ id, kind, action, proposer, document }: ApprovalSummary) {
    return html`<li>
      <a class="panel asks" href="/approvals/${id}">
        <hive-status status="waiting"></hive-status>
        <span class="one-line"><b>${kind}</b> ${visibleLine(document?.action ?? action)}</span>
        <span class="small muted">asked by ${visibleLine(proposer)}</span>
      </a>
    </li>`;
  }

  #figures(running: number, waiting: number, report: Report | null) {
    if (!this.#turns.one()) return nothing;
    const since = report?.since ?? '';
    const figure = (n: number | null, name: string, tone: string, query: EventQuery) =>
      html`<li class="panel">
        <b class=${n !== null && n > 0 ? `tone-${tone}` : 'muted'}
          >${n === null ? html`<span class="small">not reported</span>` : html`<a href=${eventsAddress(query)} aria-label="${n} ${name}">${n}</a>`}</b
        ><span class="muted small" aria-hidden="true">${name}</span>
      </li>`;
    return html`<ul class="figures">
      ${figure(running, 'workflows running', 'running', { types: ['workflow.*'] })}
      ${figure(waiting, 'need you', 'waiting', { types: ['approval.requested', 'task.escalated', 'workflow.failed', ...notThroughTypes] })}
      ${figure(report?.merged.length ?? null, 'done, 24 h', 'ok', { types: mergedTypes, since })}
      ${figure(report?.refused.length ?? null, 'not through, 24 h', 'failed', { types: notThroughTypes, since })}
    </ul>`;
  }

  #agents(agents: readonly AgentSummary[]) {
    if (!this.#turns.one()) return nothing;
    const counts = agentCounts(agents);
    const said = (['busy', 'idle', 'draining', 'paused', 'gone'] as const).filter((status) => counts[status] > 0);
    const busy = agents.filter((agent) => agent.step !== null);
    return html`<a class="panel agents" href="/agents">
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

  #day(report: Report, limits: readonly LimitWindow[]) {
    const reset = nextReset(limits, Date.now());
    const lines = reportWords(report);
    const merges = report.merged.slice(-shownMerges).reverse();
    if ((reset === null && lines.length + merges.length === 0) || !this.#turns.one()) return nothing;
    return html`<section aria-labelledby="day">
      <h2 id="day">The last 24 hours</h2>
      <div class="panel report">
        ${merges.map(
          ({ title, key, workflow, events, redBefore, reviewers }) =>
            html`<a class="one-line" href="/traces/${workflow}?sel=${events[0] ?? ''}"
              >${visibleLine(title || key)}
              <span class="small muted"
                >${redBefore === 'red' ? 'red before, green after' : 'green after'}${reviewers.length === 0 ? '' : `, ${visibleLine(reviewers.join(', '))}`}</span
              ></a
            >`,
        )}
        ${lines.map(({ said, query }) => html`<a class="small muted" href=${eventsAddress(query)}>${visibleLine(said)}</a>`)}
        ${
          reset === null
            ? nothing
            : html`<a class="small muted" href=${eventsAddress({ types: ['model.rate_limited'] })}
                >${visibleLine(`${reset.of} ${reset.kind}`)} resets in
                ${duration(Date.parse(reset.resetsAt) - Date.now())}${reset.usedShare === null ? '' : `, ${Math.round(reset.usedShare * 100)} % used`}</a
              >`
        }
      </div>
    </section>`;
  }

  #part(name: string, workflows: readonly WorkflowSummary[], all: readonly WorkflowSummary[]) {
    if (workflows.length === 0 || !this.#turns.one()) return nothing;
    return html`<section>
      <h2>${name}</h2>
      <ul>
        ${this.#cards(workflows, all)}
      </ul>
    </section>`;
  }

  #cards(workflows: readonly WorkflowSummary[], all: readonly WorkflowSummary[]) {
    return repeat(
      this.#turns.of(workflows),
      ({ id }) => id,
      (workflow) =>
        html`<li><hive-workflow-card .workflow=${workflow} .left=${leftOf(workflow, all)}></hive-workflow-card></li>`,
    );
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-home-page': HiveHomePage;
  }
}
