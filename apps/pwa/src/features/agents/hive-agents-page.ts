import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { AgentFigures, AgentSummary, BoxSummary, Figures, LimitWindow } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { ago, count, duration } from '../../ui/duration.ts';
import { loadView } from '../../ui/load-view.ts';
import { together } from '../../ui/together.ts';
import { Turns } from '../../ui/turns.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-hour.ts';
import '../../ui/hive-number.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';
import { agentRows, isOver, successOf, windowWords, type AgentRow } from './agents-model.ts';
import { agentsStyles } from './agents-styles.ts';
import { BoxSamples } from './box-samples.ts';
import { quietBox } from './quiet-box.ts';

/** Who works here and on what: each process, each machine that serves models, and what plans still allow. */
@customElement('hive-agents-page')
export class HiveAgentsPage extends LitElement {
  static override styles = [baseStyles, agentsStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  readonly #samples = new BoxSamples();
  readonly #agents = new LiveLoad<readonly AgentSummary[]>(this, {
    live: () => this.live,
    load: () => this.desk.agents(),
    concerns: ({ type }) =>
      /^(agent\.|task\.(claimed|submitted|checked|review_completed|merged|refused|failed|completed))/.test(type),
    everyMs: 5000,
  });
  readonly #figures = new LiveLoad<{ readonly hour: Figures; readonly day: Figures }>(this, {
    live: () => this.live,
    load: async () => {
      // The day is read first: the hour is a part of it.
      const day = await this.desk.figures({ window: '24h' });
      return { day, hour: await this.desk.figures({ window: '1h' }) };
    },
    concerns: () => false,
    everyMs: 30_000,
  });
  readonly #boxes = new LiveLoad<readonly BoxSummary[]>(this, {
    live: () => this.live,
    load: async () => {
      const boxes = await this.desk.boxes();
      if (boxes.length > 0) await import('./hive-box-card.ts');
      this.#samples.add(boxes, Date.now());
      return boxes;
    },
    concerns: ({ type }) => type.startsWith('box.'),
    everyMs: 5000,
  });
  readonly #limits = new LiveLoad<readonly LimitWindow[]>(this, {
    live: () => this.live,
    load: () => this.desk.limits(),
    concerns: ({ type }) => type === 'model.rate_limited',
    everyMs: 60_000,
  });

  readonly #turns = new Turns(this, 1);

  override render() {
    const loads = [this.#agents, this.#figures, this.#boxes, this.#limits];
    return html`<h1 tabindex="-1">Agents</h1>
      ${together(loads, () => this.#parts())}`;
  }

  #parts() {
    return html`<section aria-label="Agents">
        ${loadView(this.#agents, (agents) => (agents.length === 0 ? this.#empty() : this.#table(agents)))}
      </section>
      ${this.#turns.one() ? this.#boxSection() : nothing} ${this.#turns.one() ? this.#planSection() : nothing}`;
  }

  #boxSection() {
    return html`<section aria-labelledby="boxes">
      <h2 id="boxes">Boxes <span class="muted small">machines that serve models, asked every few seconds</span></h2>
      ${loadView(this.#boxes, (boxes) => this.#boxList(boxes))}
    </section>`;
  }

  #planSection() {
    return html`<section aria-labelledby="plans">
      <h2 id="plans">Plan windows <span class="muted small">as providers told them last</span></h2>
      ${loadView(this.#limits, (limits) => this.#windows(limits))}
    </section>`;
  }

  #table(agents: readonly AgentSummary[]) {
    const figures = this.#figures.value;
    const boxes = this.#boxes.value;
    const rows = agentRows(agents, { ...figures, ...(boxes && { boxes }) });
    return html`<div class="panel wide-table">
      <table>
        <thead>
          <tr>
            <th scope="col">Agent</th>
            <th scope="col">State</th>
            <th scope="col">Now</th>
            <th scope="col">24 h</th>
            <th scope="col">Last hour</th>
            <th scope="col">Host</th>
            <th scope="col">Heartbeat</th>
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          ${repeat(
            this.#turns.of(rows),
            ({ agent }) => agent.incarnation,
            (row) => this.#row(row),
          )}
        </tbody>
      </table>
    </div>`;
  }

  #row({ agent, state, day, hour, loaded }: AgentRow) {
    return html`<tr>
      <th scope="row">
        <a class="mono" href="/agents/${encodeURIComponent(agent.agent)}">${visibleLine(agent.agent)}</a
        >${agent.agent === agent.role ? nothing : html`<span class="role muted small">${visibleLine(agent.role)}</span>`}
      </th>
      <td><hive-status .status=${state}></hive-status></td>
      <td class="full now">${this.#step(agent)}</td>
      <td class="small">${this.#success(agent, day)}</td>
      <td>
        <hive-hour .good=${hour?.goodOver ?? []} .bad=${hour?.badOver ?? []}></hive-hour>
      </td>
      <td class="muted">
        ${visibleLine(agent.host)} <span class="small">pid ${agent.pid}</span>
        ${loaded.length === 0 ? nothing : html`<span class="role small">${visibleLine(loaded.join(', '))} loaded</span>`}
      </td>
      <td class="beat ${agent.beatAgeMs > 10_000 ? 'tone-waiting' : 'muted'}">${ago(agent.beatAgeMs)}</td>
      <td class="muted gone-on-phone">
        <hive-time .at=${agent.startedAt}></hive-time> <span class="small">${visibleLine(agent.version)}</span>
      </td>
    </tr>`;
  }

  #step({ agent, step, load }: AgentSummary) {
    if (step === null && load > 0)
      return html`<hive-number
        .value=${load}
        .text=${count(load, 'step')}
        .query=${{ types: ['task.claimed'], text: agent }}
      ></hive-number>`;
    if (step === null) return html`<span class="muted">nothing</span>`;
    const what = html`${visibleLine(step.kind)}${step.title === null ? nothing : html`: ${visibleLine(step.title)}`}`;
    const took =
      step.since === undefined
        ? nothing
        : html` <span class="muted small">for ${this.#since(step.since, step.taskId)}</span>`;
    return html`${step.taskId === null ? what : html`<a href="/tasks/${step.taskId}">${what}</a>`}${took}`;
  }

  #since(at: string, taskId: string | null) {
    const ms = Math.max(0, Date.now() - Date.parse(at));
    const query = { types: ['task.claimed'], ...(taskId !== null && { text: taskId }) };
    return html`<hive-number .value=${ms} .text=${duration(ms)} .query=${query}></hive-number>`;
  }

  #success({ agent }: AgentSummary, day: AgentFigures | null) {
    if (this.#figures.value === undefined) return html`<span class="muted">not reported</span>`;
    const success = successOf(day);
    if (success === null || day === null) return html`<span class="muted">no step ended</span>`;
    const { since } = this.#figures.value.day;
    const part = (n: number, types: readonly string[], text: string) =>
      html`<hive-number .value=${n} .text=${text} .query=${{ types, text: agent, since }}></hive-number>`;
    const good = ['task.submitted', 'task.checked', 'task.review_completed', 'task.completed', 'task.merged'];
    const bad = day.failed + day.lost;
    return html`${part(day.good, good, `${Math.round(success.share * 100)} % of ${count(success.of, 'step')}`)}${
      bad === 0 ? nothing : html`, ${part(bad, ['task.attempt_failed', 'task.lease_expired'], `${bad} not`)}`
    }`;
  }

  #boxList(boxes: readonly BoxSummary[]) {
    if (boxes.length === 0)
      return html`<hive-notice
        heading="No boxes are configured"
        said="A machine that runs Ollama can serve models to all agents. Hive then routes calls by what it measures."
        icon="box"
      >
        <hive-copy text="hive boxes add http://walnut:11434" what="command"></hive-copy>
      </hive-notice>`;
    return html`<div class="boxes" @hive-quiet=${this.#quiet}>
      ${repeat(
        boxes,
        ({ name }) => name,
        (box) =>
          html`<hive-box-card
            .box=${box}
            .samples=${[...this.#samples.of(box.name)]}
            .hour=${this.#figures.value?.hour ?? null}
          ></hive-box-card>`,
      )}
    </div>`;
  }

  #windows(limits: readonly LimitWindow[]) {
    if (limits.length === 0)
      return html`<p class="muted">
        No provider has told of a limit yet. Providers tell it with the answers to calls.
      </p>`;
    return html`<div class="panel wide-table">
      <table>
        <thead>
          <tr>
            <th scope="col">Window</th>
            <th scope="col">Used</th>
            <th scope="col">Begins anew</th>
            <th scope="col">Told</th>
          </tr>
        </thead>
        <tbody>
          ${limits.map((limit) => this.#window(limit))}
        </tbody>
      </table>
    </div>`;
  }

  #window(limit: LimitWindow) {
    const { usedShare, resetsAt, hit, at, kind } = limit;
    const over = isOver(limit, Date.now());
    const used = usedShare === null ? null : Math.round(usedShare * 100);
    const query = { types: ['model.rate_limited'], text: kind };
    return html`<tr>
      <th scope="row">${visibleLine(windowWords(limit))}</th>
      <td>
        ${
          over
            ? html`<span class="muted">not told since it began anew</span>`
            : html`${used === null ? nothing : html`<meter min="0" max="100" high="80" .value=${used} aria-label="Used"></meter>`}
                <hive-number .value=${used} .text=${used === null ? '' : `${used} %`} .query=${query}></hive-number
                >${hit ? html` <b class="tone-failed">met</b>` : nothing}`
        }
      </td>
      <td class="muted">${resetsAt === null ? 'not reported' : new Date(resetsAt).toLocaleString()}</td>
      <td class="muted"><hive-time .at=${at}></hive-time></td>
    </tr>`;
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

  readonly #quiet = async ({ detail }: CustomEvent<BoxSummary>) => {
    if (await quietBox(this.desk, detail)) await this.#boxes.run();
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-agents-page': HiveAgentsPage;
  }
}
