import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { AgentSummary, BoxSummary, EndpointFigures, Figures, FiguresWindow, Health } from '@hive/events';
import { AddressController } from '../../app/address-controller.ts';
import { addressWith, goTo } from '../../app/address.ts';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { Rights } from '../../data/rights.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { bytes } from '../../ui/chart-words.ts';
import { count, duration } from '../../ui/duration.ts';
import { icon } from '../../ui/icons.ts';
import { loadView } from '../../ui/load-view.ts';
import { together } from '../../ui/together.ts';
import { toast } from '../../ui/toast.ts';
import { Turns } from '../../ui/turns.ts';
import { visibleLine, visibleText } from '../../ui/visible-text.ts';
import '../../ui/hive-number.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';
import { boxList } from './box-list.ts';
import { diagnosticsOf, lagOf, problemsOf, sizeWords, spanWords, type Known, type Problem } from './health-model.ts';
import { healthStyles } from './health-styles.ts';
import './hive-model-table.ts';
import './hive-services.ts';

/** How Hive is: what is wrong first, then each part of it with its figures. */
@customElement('hive-health-page')
export class HiveHealthPage extends LitElement {
  static override styles = [baseStyles, healthStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;

  readonly #address = new AddressController(this);
  #asked = '';
  readonly #health = new LiveLoad<Health>(this, {
    live: () => this.live,
    load: () => this.desk.health(),
    concerns: ({ type }) =>
      /^(system|box|agent)\.|^task\.(dead_lettered|failed|discarded|redriven|cancelled)$|^model\.rate_limited/.test(
        type,
      ),
    everyMs: 5000,
  });
  readonly #agents = new LiveLoad<readonly AgentSummary[]>(this, {
    live: () => this.live,
    load: () => this.desk.agents(),
    concerns: ({ type }) => type.startsWith('agent.'),
    everyMs: 5000,
  });
  readonly #boxes = new LiveLoad<readonly BoxSummary[]>(this, {
    live: () => this.live,
    load: () => this.desk.boxes(),
    concerns: ({ type }) => type.startsWith('box.'),
    everyMs: 15_000,
  });
  readonly #figures = new LiveLoad<Figures>(this, {
    live: () => this.live,
    load: async () =>
      (await Promise.all([this.desk.figures({ window: this.#window }), import('../../ui/hive-chart.ts')]))[0],
    concerns: () => false,
    everyMs: 15_000,
  });

  readonly #turns = new Turns(this);
  readonly #rights = new Rights(this, () => this.desk);

  get #window(): FiguresWindow {
    const asked = this.#address.get('window');
    return asked === '24h' || asked === '7d' ? asked : '1h';
  }

  protected override willUpdate(): void {
    if (this.#asked !== this.#window && this.hasUpdated) void this.#figures.run();
    this.#asked = this.#window;
  }

  override render() {
    return html`<div class="top">
        <h1 tabindex="-1">Health</h1>
        <button ?disabled=${this.#health.value === undefined} @click=${this.#copy}>
          ${icon('copy')}Copy diagnostics
        </button>
      </div>
      ${together([this.#health, this.#agents, this.#boxes, this.#figures], () => loadView(this.#health, (health) => this.#shown(health)))}`;
  }

  #known(health: Health): Known {
    return {
      health,
      agents: this.#agents.value ?? null,
      boxes: this.#boxes.value ?? null,
      figures: this.#figures.value ?? null,
    };
  }

  #shown(health: Health) {
    const problems = problemsOf(this.#known(health), Date.now());
    const turns = this.#turns;
    return html`<section aria-label="Problems">
        ${
          problems.length === 0
            ? html`<p class="panel well tone-ok">${icon('done')}Nothing is wrong</p>`
            : html`<ul class="panel problems">
                ${problems.map((problem) => this.#problem(problem))}
              </ul>`
        }
      </section>
      ${turns.of([() => this.#tiles(health), () => this.#charts()]).map((part) => part())}
      <div class="columns">
        ${turns
          .of([
            () => this.#services(),
            () => this.#models(),
            () => this.#readers(health),
            () => boxList(this.#boxes.value ?? []),
          ])
          .map((part) => part())}
      </div>`;
  }

  #problem({ tone, what, next, href, alert, acknowledged }: Problem) {
    return html`<li>
      <span class="tone-${tone}">${icon(tone === 'failed' ? 'failed' : 'queued')}</span>
      <span
        ><b>${visibleText(what)}</b> <span class="muted">${visibleText(next)}</span> ${
          acknowledged
            ? html`<span class="seen small"
                >Acknowledged by ${visibleLine(acknowledged.by)}
                <hive-time .at=${acknowledged.at}></hive-time
                >${acknowledged.reason === null ? nothing : `: ${visibleText(acknowledged.reason)}`}</span
              >`
            : nothing
        }</span
      >
      <span class="next">
        ${
          alert !== undefined && !acknowledged && this.#rights.may('work')
            ? html`<button @click=${() => void this.#acknowledge(alert, what)}>Acknowledge…</button>`
            : nothing
        }
        <a href=${href}>Look</a>
      </span>
    </li>`;
  }

  async #acknowledge(alert: string, message: string) {
    const { acknowledge } = await import('./acknowledge.ts');
    if (await acknowledge(this.desk, { alert, message })) await this.#health.run();
  }

  #tiles(health: Health) {
    const ready = health.steps['ready'] ?? 0;
    const open = Object.values(health.steps).reduce((sum, n) => sum + n, 0);
    const { oldestReady, sealed, verified, disk } = health;
    const tile = (name: string, value: unknown, more: unknown = nothing) =>
      html`<div class="panel">
        <dt>${name}</dt>
        <dd><b>${value}</b></dd>
        <dd class="small muted">${more}</dd>
      </div>`;
    const number = (value: number, query: object, text = '') =>
      html`<hive-number .value=${value} .query=${query} .text=${text}></hive-number>`;
    const waited = oldestReady ? Math.max(0, Date.now() - Date.parse(oldestReady.since)) : 0;
    const steps = { types: ['task.assigned', 'task.claimed', 'task.snoozed'] };
    return html`<dl class="tiles" id="store">
      ${tile('Log head', number(health.head, {}), sealed ? html`sealed up to ${number(sealed.position, { types: ['system.checkpointed'] })}` : 'no checkpoint yet')}
      ${tile(
        'Ready steps',
        number(ready, steps),
        oldestReady
          ? html`oldest waits ${number(waited, steps, duration(waited))}`
          : html`of ${number(open, steps)} open`,
      )}
      ${tile('Running steps', number(health.steps['claimed'] ?? 0, { types: ['task.claimed'] }), html`${number(health.steps['scheduled'] ?? 0, { types: ['task.snoozed', 'task.attempt_failed', 'model.parked'] })} put off, ${number(health.steps['paused'] ?? 0, { types: ['workflow.paused', 'system.paused'] })} paused`)}
      ${tile('Dead letters', html`<a href="/events?view=dead-letters">${health.deadLetters}</a>`, 'tasks that failed, and events that nobody could handle')}
      ${tile('Database', bytes(health.database.bytes), `${visibleLine(health.database.version)}; ${sizeWords(health.database)}`)}
      ${disk === null ? nothing : tile('Free room', bytes(disk.freeBytes), `of ${bytes(disk.totalBytes)}, measured now`)}
      ${tile('Stream clients', health.streams ?? 'not reported', 'follow the log now')}
      ${tile(
        'Last verify',
        verified ? (verified.holds ? 'holds' : 'broken') : 'never',
        verified ? html`<hive-time .at=${verified.at}></hive-time>` : html`<span class="mono">hive verify</span>`,
      )}
    </dl>`;
  }

  #charts() {
    const window = this.#window;
    const choice = (id: FiguresWindow, name: string) =>
      html`<button
        aria-pressed=${window === id}
        @click=${() => goTo(addressWith({ window: id === '1h' ? null : id }), { replace: true })}
      >
        ${name}
      </button>`;
    return html`<section aria-labelledby="over">
      <div class="top">
        <h2 id="over">Over time</h2>
        <div class="switch" role="group" aria-label="Window">
          ${choice('1h', '1 hour')} ${choice('24h', '24 hours')} ${choice('7d', '7 days')}
        </div>
      </div>
      ${loadView(this.#figures, (figures) => this.#plots(figures))}
    </section>`;
  }

  #plots(figures: Figures) {
    const { stepMs, until, since, eventsOver, endpoints } = figures;
    const fromMs = Math.floor(Date.parse(until) / stepMs) * stepMs - (eventsOver.length - 1) * stepMs;
    const { every } = spanWords(figures);
    const sum = (of: (it: EndpointFigures) => readonly (number | null)[]) =>
      eventsOver.map((_, at) => endpoints.reduce((all, it) => all + (of(it)[at] ?? 0), 0));
    return html`<div class="columns">
        <div class="panel chart">
          <hive-chart
            heading="Events every ${every}"
            .fromMs=${fromMs}
            .stepMs=${stepMs}
            .lines=${[{ name: 'events', tone: 'accent', values: eventsOver, bars: true }]}
          ></hive-chart>
        </div>
        <div class="panel chart">
          <hive-chart
            heading="Calls to models every ${every}"
            .fromMs=${fromMs}
            .stepMs=${stepMs}
            .lines=${[
              { name: 'calls', tone: 'model', values: sum((it) => it.callsOver), bars: true },
              { name: 'failed', tone: 'failed', values: sum((it) => it.failedOver), bars: true },
            ]}
          ></hive-chart>
        </div>
      </div>
      <p class="muted small">
        <hive-number
          .value=${figures.events}
          .text=${count(figures.events, 'event')}
          .query=${{ since, until }}
        ></hive-number>
        since ${new Date(since).toLocaleString()}, folded from the log.
      </p>`;
  }

  #services() {
    return html`<section aria-labelledby="services">
      <h2 id="services">Services</h2>
      ${loadView(this.#agents, (agents) =>
        agents.length === 0
          ? html`<p class="muted">No process is registered. <span class="mono">hive up</span> starts them.</p>`
          : html`<hive-services .agents=${agents} .figures=${this.#figures.value ?? null}></hive-services>`,
      )}
    </section>`;
  }

  #models() {
    return html`<section aria-labelledby="models">
      <h2 id="models">Models</h2>
      ${loadView(this.#figures, ({ endpoints, since }) =>
        endpoints.length === 0
          ? html`<p class="muted">No model was called in this window.</p>`
          : html`<hive-model-table .endpoints=${endpoints} .since=${since}></hive-model-table>`,
      )}
    </section>`;
  }

  #readers(health: Health) {
    return html`<section aria-labelledby="log">
      <h2 id="log">Readers of the log</h2>
      ${
        health.subscriptions.length === 0
          ? html`<p class="muted">Nobody reads the log yet.</p>`
          : html`<div class="panel wide-table">
              <table>
                <thead>
                  <tr>
                    <th scope="col">Reader</th>
                    <th scope="col">Has read to</th>
                    <th scope="col">Behind</th>
                  </tr>
                </thead>
                <tbody>
                  ${health.subscriptions.map(
                    (reader) =>
                      html`<tr>
                        <th scope="row" class="mono">${visibleLine(reader.name)}</th>
                        <td><hive-number .value=${reader.position} .query=${{}}></hive-number></td>
                        <td>
                          <hive-number
                            .value=${lagOf(health, reader)}
                            .text=${count(lagOf(health, reader), 'event')}
                            .query=${{}}
                          ></hive-number>
                        </td>
                      </tr>`,
                  )}
                </tbody>
              </table>
            </div>`
      }
      <p class="muted small">
        Sandbox: ${visibleLine(health.sandbox).replace(/\.$/, '')}. Version ${visibleLine(health.version)}.
      </p>
    </section>`;
  }

  readonly #copy = async () => {
    const health = this.#health.value;
    if (health === undefined) return;
    await navigator.clipboard.writeText(diagnosticsOf(this.#known(health)));
    toast('Diagnostics copied: without paths, hosts, addresses and secrets');
  };
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-health-page': HiveHealthPage;
  }
}
