import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { eventWords, isError, type AgentSummary, type Figures, type HiveEvent } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { ago } from '../../ui/duration.ts';
import { loadView } from '../../ui/load-view.ts';
import { Rights } from '../../data/rights.ts';
import { Turns } from '../../ui/turns.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';
import { activityOf, activityTypes, assignmentsOf, stateOfAgent, type Assignment } from './agents-model.ts';

type Loaded = {
  readonly agents: readonly AgentSummary[];
  readonly events: readonly HiveEvent[];
  readonly figures: Figures;
};

const mostEvents = 500;
const shown = 50;

/** One agent: what it can do, what it was given and why, and what it did last. */
@customElement('hive-agent-page')
export class HiveAgentPage extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host,
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--hive-space-3);
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: var(--hive-space-2) var(--hive-space-5);
      }
      dt {
        font-size: var(--hive-size-1);
        color: var(--hive-muted);
      }
      .panel {
        padding: var(--hive-space-3) var(--hive-space-4);
      }
      li {
        display: grid;
        grid-template-columns: 110px minmax(0, 1fr);
        gap: 2px var(--hive-space-3);
        padding-block: var(--hive-space-2);
        overflow-wrap: anywhere;
      }
      li + li {
        border-block-start: 1px solid var(--hive-border);
      }
      li > :nth-child(n + 3) {
        grid-column: 2;
      }
      .lists {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 420px), 1fr));
        gap: var(--hive-space-4);
        align-items: start;
      }
    `,
  ];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;
  @property() name = '';

  readonly #load = new LiveLoad<Loaded>(this, {
    live: () => this.live,
    load: async () => {
      const [agents, { items }, figures] = await Promise.all([
        this.desk.agents(),
        this.desk.events({ newest: true, limit: mostEvents, types: activityTypes }),
        this.desk.figures({ window: '24h' }),
        import('../../ui/hive-chart.ts'),
        import('./hive-agent-verbs.ts'),
      ]);
      return { agents, events: items, figures };
    },
    concerns: ({ actor, data }) => actor.endsWith(this.name) || (data as { agent?: string }).agent === this.name,
    everyMs: 15_000,
  });

  readonly #turns = new Turns(this);
  readonly #rights = new Rights(this, () => this.desk);

  override render() {
    return html`<p><a href="/agents">All agents</a></p>
      <h1 tabindex="-1">${visibleLine(this.name)}</h1>
      ${loadView(this.#load, (loaded) => this.#shown(loaded))}`;
  }

  #shown({ agents, events, figures }: Loaded) {
    const own = agents.filter(({ agent }) => agent === this.name);
    const agent = own.toSorted((a, b) => a.beatAgeMs - b.beatAgeMs)[0];
    const activity = activityOf(events, this.name);
    if (!agent && activity.length === 0)
      return html`<hive-notice
        heading="There is no agent ${visibleLine(this.name)}"
        said="None is registered by this name, and the newest ${mostEvents} events of agents do not tell of it."
        icon="agents"
        ><a href="/agents">All agents</a></hive-notice
      >`;
    const day = figures.agents.find((it) => it.agent === this.name);
    const assignments = assignmentsOf(events, this.name);
    return html`${agent ? this.#about(agent, agents) : nothing}
      <section class="panel" aria-label="Last day">
        <hive-chart
          heading="Steps that ended, every 15 minutes"
          .fromMs=${Date.parse(figures.until) - figures.eventsOver.length * figures.stepMs}
          .stepMs=${figures.stepMs}
          .lines=${[
            { name: 'went well', tone: 'ok', values: day?.goodOver ?? figures.eventsOver.map(() => 0), bars: true },
            {
              name: 'failed or lost',
              tone: 'failed',
              values: day?.badOver ?? figures.eventsOver.map(() => 0),
              bars: true,
            },
          ]}
        ></hive-chart>
      </section>
      <div class="lists">
        <section aria-labelledby="given">
          <h2 id="given">Given to it</h2>
          ${
            assignments.length === 0
              ? html`<p class="muted">Nothing lately.</p>`
              : html`<ul class="panel">
                  ${this.#turns.of(assignments.slice(0, shown)).map((it) => this.#assignment(it))}
                </ul>`
          }
        </section>
        ${
          this.#turns.one()
            ? html`<section aria-labelledby="did">
                <h2 id="did">What it did</h2>
                <ul class="panel">
                  ${this.#turns.of(activity.slice(0, shown)).map((event) => this.#event(event))}
                </ul>
              </section>`
            : nothing
        }
      </div>
      ${
        this.#turns.one()
          ? html`<p class="muted small">
              From the newest ${events.length} events of agents.
              <a href="/events?q=${encodeURIComponent(this.name)}">All events that name it</a>
            </p>`
          : nothing
      }`;
  }

  #about(agent: AgentSummary, agents: readonly AgentSummary[]) {
    const { step } = agent;
    return html`<dl class="panel">
        ${fact('State', html`<hive-status .status=${stateOfAgent(agent)}></hive-status>`)}
        ${fact(
          'Now',
          step === null
            ? 'nothing'
            : html`${visibleLine(step.kind)}${step.taskId === null ? nothing : html`: <a href="/tasks/${step.taskId}">${visibleLine(step.title ?? step.taskId)}</a>`}`,
        )}
        ${fact('Role', visibleLine(agent.role))}
        ${fact(
          'Can do',
          agent.capabilities.length === 0 ? 'what its role does' : visibleLine(agent.capabilities.join(', ')),
        )}
        ${fact('Host', `${visibleLine(agent.host)}, pid ${agent.pid}`)} ${fact('Heartbeat', ago(agent.beatAgeMs))}
        ${fact('Since', html`<hive-time .at=${agent.startedAt}></hive-time>, ${visibleLine(agent.version)}`)}
      </dl>
      <hive-agent-verbs
        .desk=${this.desk}
        .agent=${agent}
        .agents=${agents}
        .may=${this.#rights.may}
        .ready=${this.#rights.areKnown}
        @hive-agent-changed=${() => void this.#load.run()}
      ></hive-agent-verbs>`;
  }

  #assignment({ event, step, because, outcome }: Assignment) {
    return html`<li>
      <span class="muted small"><hive-time .at=${event.at}></hive-time></span>
      <a href="/traces/${event.correlationId}?sel=${event.id}">${visibleLine(step)}</a>
      <span
        >${because === null ? html`<span class="muted">its reason is older than what was read</span>` : visibleLine(because)}</span
      >
      ${
        outcome === null
          ? html`<span class="muted small">under way</span>`
          : html`<span class="small ${isError(outcome) ? 'tone-failed' : 'tone-ok'}"
              >${visibleLine(outcome.type)}: ${visibleLine(eventWords(outcome).slice(0, 300))}</span
            >`
      }
    </li>`;
  }

  #event(event: HiveEvent) {
    return html`<li>
      <span class="muted small"><hive-time .at=${event.at}></hive-time></span>
      <a class="mono" href="/traces/${event.correlationId}?sel=${event.id}">${visibleLine(event.type)}</a>
      <span class="small">${visibleLine(eventWords(event).slice(0, 300))}</span>
    </li>`;
  }
}

const fact = (name: string, said: unknown) =>
  html`<div>
    <dt>${name}</dt>
    <dd>${said}</dd>
  </div>`;

declare global {
  interface HTMLElementTagNameMap {
    'hive-agent-page': HiveAgentPage;
  }
}
