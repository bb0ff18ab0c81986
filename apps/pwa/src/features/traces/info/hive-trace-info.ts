import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shortId, type DataOf, type Result } from '@hive/events';
import { baseStyles } from '../../../ui/base-styles.ts';
import { count, duration } from '../../../ui/duration.ts';
import type { EventQuery } from '../../../ui/event-query.ts';
import '../../../ui/hive-copy.ts';
import '../../../ui/hive-number.ts';
import '../../../ui/hive-time.ts';
import { stack } from '../../../ui/stack.ts';
import { statusLook } from '../../../ui/status.ts';
import { visibleLine, visibleText } from '../../../ui/visible-text.ts';
import { errorsAddress } from '../errors-address.ts';
import { statusTypes } from '../status-types.ts';
import { isRunning, type Trace } from '../trace-model.ts';
import { traceTimes } from '../trace-times.ts';
import { costWords } from '../usage-words.ts';

const working = ['task.claimed', 'task.submitted', 'task.checked', 'task.review_completed', 'model.called', 'merge.*'];
const waiting = ['approval.*', 'task.escalated', 'task.snoozed', 'model.parked', 'workflow.paused', 'workflow.resumed'];
const person = ['approval.*', 'task.escalated'];

/** Everything about a trace in words and figures: where its time went, what it took, what was asked for and where it is delivered. */
@customElement('hive-trace-info')
export class HiveTraceInfo extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ${stack(4)}
      :host {
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr));
        align-items: start;
      }
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--hive-space-2);
        padding: var(--hive-space-3) var(--hive-space-4);
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 2px var(--hive-space-4);
        line-height: 24px;
      }
      dt {
        color: var(--hive-muted);
        font-size: var(--hive-size-2);
      }
      dd {
        overflow-wrap: anywhere;
      }
      .goal {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) trace!: Trace;
  /** The right end of open bars, in ms since 1970. */
  @property({ type: Number }) now = 0;

  override render() {
    const { result } = this.trace;
    return html`${this.#times()} ${result === null ? nothing : this.#work(result)}
    ${result === null ? nothing : this.#where(result)} ${this.#asked()}`;
  }

  #times() {
    const { store, correlationId: trace } = this.trace;
    const { wallMs, workedMs, waitedMs, forPersonMs } = traceTimes(store, this.now);
    const time = (ms: number, types?: readonly string[]) =>
      this.#figure(ms, { trace, ...(types && { types }) }, duration(ms));
    return html`<section class="panel" aria-labelledby="time">
      <h2 id="time">Time</h2>
      <dl>
        <dt>From first to last event</dt>
        <dd>${time(wallMs)}${isRunning(this.trace) ? ' so far' : ''}</dd>
        <dt>Something worked</dt>
        <dd>${time(workedMs, working)}</dd>
        <dt>All waited</dt>
        <dd>${time(waitedMs, waiting)}</dd>
        <dt>Of that for a person</dt>
        <dd>${time(forPersonMs, person)}</dd>
        <dt>Began</dt>
        <dd><hive-time .at=${new Date(this.trace.startMs).toISOString()}></hive-time></dd>
        <dt>Events</dt>
        <dd>${this.#figure(store.rows, { trace })}</dd>
        <dt>Errors</dt>
        <dd>
          ${store.errors === 0 ? 'none' : html`<a href=${errorsAddress()}>${store.errors.toLocaleString('en')}</a>`}
        </dd>
      </dl>
    </section>`;
  }

  #work({ tasks, usage }: Result) {
    const trace = this.trace.correlationId;
    const calls = { trace, types: ['model.called'] };
    const counts = Map.groupBy(tasks, ({ status }) => status);
    return html`<section class="panel" aria-labelledby="work">
      <h2 id="work">Work</h2>
      <dl>
        <dt>Tasks</dt>
        <dd>${this.#figure(tasks.length, { trace, types: ['task.created'] })}</dd>
        ${[...counts].map(
          ([status, list]) =>
            html`<dt>${statusLook(status).word}</dt>
              <dd class="tone-${statusLook(status).tone}">
                ${this.#figure(list.length, { trace, types: statusTypes(status) })}
              </dd>`,
        )}
        <dt>Calls to models</dt>
        <dd>${this.#figure(usage.calls, calls)}</dd>
        ${
          usage.calls === 0
            ? nothing
            : html`<dt>Tokens read</dt>
                <dd>${this.#figure(usage.input, calls)}, ${this.#figure(usage.cached, calls)} more from a cache</dd>
                <dt>Tokens written</dt>
                <dd>${this.#figure(usage.output, calls)}</dd>
                <dt>Cost</dt>
                <dd>${this.#figure(usage.costUsd, calls, costWords(usage))}</dd>`
        }
      </dl>
    </section>`;
  }

  #where({ repo, branch, base, head, into, workflow }: Result) {
    const commit = (sha: string) => html`<hive-copy .text=${sha.slice(0, 12)} .value=${sha} what="commit"></hive-copy>`;
    return html`<section class="panel" aria-labelledby="where">
      <h2 id="where">Where</h2>
      <dl>
        <dt>Repository</dt>
        <dd class="mono">${visibleLine(repo)}</dd>
        <dt>Branch</dt>
        <dd>
          ${branch === null ? html`<span class="muted">none yet</span>` : html`<hive-copy .text=${visibleLine(branch)} .value=${branch} what="branch"></hive-copy>`}
        </dd>
        <dt>Base</dt>
        <dd>${commit(base)}</dd>
        ${
          head === null
            ? nothing
            : html`<dt>Head</dt>
                <dd>${commit(head)}</dd>`
        }
        ${
          into === null
            ? nothing
            : html`<dt>Delivered</dt>
                <dd>${visibleLine(into)}</dd>`
        }
        <dt>Command line</dt>
        <dd><hive-copy text="hive show ${shortId(workflow)}" what="command"></hive-copy></dd>
      </dl>
    </section>`;
  }

  /** What was accepted at the door, once that event was read. */
  #asked() {
    const submitted = this.trace.events.find((event) => event.type === 'workflow.submitted');
    if (submitted?.type !== 'workflow.submitted') return nothing;
    const { data } = submitted;
    return html`<section class="panel" aria-labelledby="asked">
      <h2 id="asked">What was asked for</h2>
      <p class="goal">${visibleText(data.goal)}</p>
      <dl>
        ${askedFacts(data).map(
          ([name, text]) =>
            html`<dt>${name}</dt>
              <dd>${visibleLine(text)}</dd>`,
        )}
      </dl>
      <p><a href="/traces/${this.trace.correlationId}?sel=${submitted.id}">The event that began it</a></p>
    </section>`;
  }

  #figure(value: number | null, query: EventQuery, text = '') {
    return html`<hive-number .value=${value} .query=${query} .text=${text}></hive-number>`;
  }
}

const sources = { file: 'a plan file', submit: 'a change that was handed in', model: 'a planner' } as const;

/** What was asked for in lines; what was left to its default is left out. */
const askedFacts = (data: DataOf<'workflow.submitted'>): readonly (readonly [string, string])[] => {
  const { checks, setup, source, model, localOnly, budget, until, reserve, priority, redBefore, into, dedupe } = data;
  const limits = [
    ...(budget?.usd === undefined ? [] : [`${budget.usd} dollars`]),
    ...(budget?.tokens === undefined ? [] : [count(budget.tokens, 'token')]),
  ];
  const given: readonly (readonly [string, string | null | undefined])[] = [
    ['Checks', checks.map(({ name, argv }) => `${name}: ${argv.join(' ')}`).join('; ') || 'none'],
    ['Setup', setup?.argv.join(' ')],
    ['Planned by', sources[source]],
    ['Model', model],
    ['Models', localOnly ? 'only on own boxes' : null],
    ['May spend', limits.join(' and ')],
    ['No call after', until],
    ['Left to people', reserve === undefined ? null : `${Math.round(reserve * 100)} % of a window`],
    ['Priority', priority === undefined ? null : String(priority)],
    ['Red before', redBefore === 'not_needed' ? 'not needed' : null],
    ['Delivered into', into],
    ['Only one at a time', dedupe?.key],
  ];
  return given.flatMap(([name, text]) =>
    text === null || text === undefined || text === '' ? [] : [[name, text] as const],
  );
};

declare global {
  interface HTMLElementTagNameMap {
    'hive-trace-info': HiveTraceInfo;
  }
}
