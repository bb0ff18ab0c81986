import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { BoxSummary, EndpointFigures, Figures } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { bytes } from '../../ui/chart-words.ts';
import { count, duration } from '../../ui/duration.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-chart.ts';
import '../../ui/hive-number.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';
import type { BoxSample } from './box-samples.ts';

/** A machine that serves models: what it does, what is loaded, how full it is, and for how long its owner wants it. Fires `hive-quiet`. */
@customElement('hive-box-card')
export class HiveBoxCard extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }
      article {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--hive-space-3);
        padding: var(--hive-space-4);
      }
      .top,
      .figures {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-1) var(--hive-space-4);
      }
      h3 {
        font-size: var(--hive-size-4);
        overflow-wrap: anywhere;
      }
      .top .verb {
        margin-inline-start: auto;
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
      meter {
        inline-size: 120px;
        vertical-align: middle;
      }
      table {
        inline-size: 100%;
        border-collapse: collapse;
        font-size: var(--hive-size-2);
      }
      th {
        font-weight: 500;
        text-align: start;
      }
      th,
      td {
        padding: 2px var(--hive-space-2) 2px 0;
      }
      td {
        text-align: end;
        white-space: nowrap;
      }
      .charts {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(260px, 1fr));
        gap: var(--hive-space-4);
      }
      details summary {
        cursor: pointer;
        color: var(--hive-muted);
      }
    `,
  ];

  @property({ attribute: false }) box!: BoxSummary;
  @property({ attribute: false }) samples: readonly BoxSample[] = [];
  @property({ attribute: false }) hour: Figures | null = null;

  @state() private open = false;

  override render() {
    const { box } = this;
    return html`<article class="panel">
      <div class="top">
        <h3 class="mono">${visibleLine(box.title)}</h3>
        <hive-status .status=${box.status}></hive-status>
        ${box.since === null ? nothing : html`<span class="muted small">since <hive-time .at=${box.since}></hive-time></span>`}
        <button class="verb" @click=${this.#quiet}>
          ${box.quietUntil === null ? 'Take it for a while…' : 'Give it back'}
        </button>
      </div>
      <p class="muted small mono">
        ${visibleLine(box.endpoint)}${box.version === null ? '' : `, Ollama ${visibleLine(box.version)}`}
      </p>
      ${box.reason === null ? nothing : html`<p class="tone-failed">${visibleLine(box.reason)}</p>`}
      ${box.quietUntil === null ? nothing : html`<p class="tone-waiting">Its owner has it until ${new Date(box.quietUntil).toLocaleString()}</p>`}
      ${this.#figures()} ${this.#models()}
      <details @toggle=${(event: ToggleEvent) => (this.open = event.newState === 'open')}>
        <summary>Load over time</summary>
        ${this.open ? this.#charts() : nothing}
      </details>
    </article>`;
  }

  #figures() {
    const { box } = this;
    const { machine } = box;
    const calls = { types: ['model.called'], text: box.name };
    return html`<dl>
      <div>
        <dt>Calls now</dt>
        <dd>
          <hive-number
            .value=${box.running}
            .query=${{ types: ['model.intended', 'model.called'], text: box.name }}
          ></hive-number>
          of ${box.parallel},
          <hive-number
            .value=${box.waiting}
            .text=${`${box.waiting} waiting`}
            .query=${{ types: ['model.*'], text: box.name }}
          ></hive-number>
        </dd>
      </div>
      ${
        box.parallelBecause == null
          ? nothing
          : html`<div class="wide">
              <dt>Calls at once, learnt from its calls</dt>
              <dd>
                <hive-number
                  .value=${box.parallel}
                  .query=${{ types: ['box.parallel_changed'], text: box.name }}
                ></hive-number>
                <span class="muted small">${visibleLine(box.parallelBecause)}</span>
              </dd>
            </div>`
      }
      <div>
        <dt>Memory for models</dt>
        <dd>${this.#share(box.memory)}</dd>
      </div>
      ${
        machine === null
          ? nothing
          : html`<div>
                <dt>Processors, ${duration(machine.ageMs)} ago</dt>
                <dd>${machine.cpu === null ? 'not reported' : `${Math.round(machine.cpu)} %`}</dd>
              </div>
              ${machine.gpus.map(
                (gpu) =>
                  html`<div>
                    <dt>${visibleLine(gpu.name ?? `Graphics card ${gpu.id}`)}</dt>
                    <dd>
                      ${
                        [
                          gpu.used === null || gpu.total === null ? null : `${bytes(gpu.used)} of ${bytes(gpu.total)}`,
                          gpu.busy === null ? null : `${Math.round(gpu.busy)} % busy`,
                          gpu.celsius === null ? null : `${Math.round(gpu.celsius)} °C`,
                          gpu.watts === null ? null : `${Math.round(gpu.watts)} W`,
                        ]
                          .filter((it) => it !== null)
                          .join(', ') || 'not reported'
                      }
                    </dd>
                  </div>`,
              )}`
      }
      ${this.#endpoints().map(
        (it) =>
          html`<div>
            <dt>${visibleLine(it.model)}, last hour</dt>
            <dd>
              <hive-number
                .value=${it.calls}
                .text=${count(it.calls, 'call') + (it.p50Ms === null ? '' : `, half within ${duration(it.p50Ms)}`)}
                .query=${{ ...calls, since: this.hour?.since ?? '' }}
              ></hive-number>
            </dd>
          </div>`,
      )}
    </dl>`;
  }

  #share(memory: BoxSummary['memory']) {
    if (memory === null) return html`<span class="muted">not reported</span>`;
    return html`<meter
        min="0"
        max=${memory.total}
        high=${memory.total * 0.9}
        .value=${memory.used}
        aria-label="Memory used"
      ></meter>
      ${bytes(memory.used)} of ${bytes(memory.total)}`;
  }

  #models() {
    const models = this.box.models.toSorted(
      (a, b) => Number(b.loaded) - Number(a.loaded) || a.name.localeCompare(b.name),
    );
    if (models.length === 0) return nothing;
    return html`<table>
      <tbody>
        ${models.map(
          (model) =>
            html`<tr>
              <th scope="row"><span class="mono">${visibleLine(model.name)}</span></th>
              <td class=${model.loaded ? 'tone-ok' : 'muted'}>${model.loaded ? 'loaded' : 'not loaded'}</td>
              <td class="muted">${bytes(model.size)}</td>
              <td>
                ${
                  model.tokensPerS === null
                    ? html`<span class="muted">not measured</span>`
                    : html`<hive-number
                        .value=${model.tokensPerS}
                        .text=${`${model.tokensPerS.toFixed(1)} tokens/s`}
                        .query=${{ types: ['model.called'], text: model.name }}
                        label="by ${count(model.calls, 'call')}"
                      ></hive-number>`
                }
                ${
                  model.toolsLearnt?.calls === false
                    ? html`<span class="muted small">calls no tools: ${visibleLine(model.toolsLearnt.because)}</span>`
                    : nothing
                }
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #charts() {
    const { samples, hour } = this;
    const own = this.#endpoints();
    const add = (of: (it: EndpointFigures) => readonly (number | null)[]) =>
      (own[0] === undefined ? [] : of(own[0])).map((_, at) => {
        const known = own.flatMap((it) => of(it)[at] ?? []);
        return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
      });
    const [first, last] = [samples[0], samples.at(-1)];
    const stepMs = first && last && samples.length > 1 ? (last.atMs - first.atMs) / (samples.length - 1) : 5000;
    const asked = { fromMs: first?.atMs ?? Date.now(), stepMs };
    return html`<p class="small muted">Measured while this page is open, at each look:</p>
      <div class="charts">
        <hive-chart
          heading="Calls"
          .fromMs=${asked.fromMs}
          .stepMs=${asked.stepMs}
          .lines=${[
            { name: 'running', tone: 'running', values: samples.map(({ running }) => running) },
            { name: 'waiting', tone: 'waiting', values: samples.map(({ waiting }) => waiting) },
          ]}
        ></hive-chart>
        <hive-chart
          heading="Memory for models"
          .fromMs=${asked.fromMs}
          .stepMs=${asked.stepMs}
          .write=${bytes}
          .lines=${[{ name: 'used', tone: 'model', values: samples.map(({ memory }) => memory) }]}
        ></hive-chart>
      </div>
      ${
        own.length === 0 || hour === null
          ? html`<p class="small muted">No call to it was recorded in the last hour.</p>`
          : html`<p class="small muted">Folded from the calls of the last hour:</p>
              <div class="charts">
                <hive-chart
                  heading="Calls at once"
                  .fromMs=${Date.parse(hour.until) - own[0]!.callsOver.length * hour.stepMs}
                  .stepMs=${hour.stepMs}
                  .write=${(value: number) => value.toFixed(1)}
                  .lines=${[{ name: 'on average', tone: 'running', values: add((it) => it.runningOver) }]}
                ></hive-chart>
                <hive-chart
                  heading="Time of a call"
                  .fromMs=${Date.parse(hour.until) - own[0]!.callsOver.length * hour.stepMs}
                  .stepMs=${hour.stepMs}
                  .write=${duration}
                  .lines=${own.map((it, at) => ({
                    name: it.model,
                    tone: (['model', 'accent', 'waiting', 'idle'] as const)[at % 4],
                    values: it.msOver,
                  }))}
                ></hive-chart>
              </div>`
      }`;
  }

  #endpoints(): readonly EndpointFigures[] {
    return this.hour?.endpoints.filter(({ box }) => box === this.box.name) ?? [];
  }

  readonly #quiet = () =>
    this.dispatchEvent(new CustomEvent('hive-quiet', { detail: this.box, bubbles: true, composed: true }));
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-box-card': HiveBoxCard;
  }
  interface HTMLElementEventMap {
    'hive-quiet': CustomEvent<BoxSummary>;
  }
}
