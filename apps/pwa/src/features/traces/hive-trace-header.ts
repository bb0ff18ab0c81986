import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shortId, type Result } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { count, duration } from '../../ui/duration.ts';
import { statusLook } from '../../ui/status.ts';
import { visibleLine, visibleText } from '../../ui/visible-text.ts';
import type { EventQuery } from '../../ui/event-query.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-number.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';
import { addressWith } from '../../app/address.ts';
import { errorsAddress } from './errors-address.ts';
import { firstError } from './first-error.ts';
import { statusTypes } from './status-types.ts';
import { isRunning, type Trace } from './trace-model.ts';
import { usageWords } from './usage-words.ts';

const longestHeading = 240;

/** What a trace is about and where it stands. */
@customElement('hive-trace-header')
export class HiveTraceHeader extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: grid;
        gap: var(--hive-space-3);
      }
      .top {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-2) var(--hive-space-3);
      }
      .example {
        padding-inline: 6px;
        border: 1px dashed currentColor;
        border-radius: var(--hive-radius-1);
        font-size: var(--hive-size-1);
      }
      dl {
        display: flex;
        flex-wrap: wrap;
        gap: var(--hive-space-3) var(--hive-space-6);
        padding: var(--hive-space-3) var(--hive-space-4);
      }
      dl > div {
        min-inline-size: 0;
      }
      dt {
        font-size: var(--hive-size-1);
        color: var(--hive-muted);
      }
      dd {
        overflow-wrap: anywhere;
      }
      .counts {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--hive-space-3);
      }
      .whole {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        margin-block-start: var(--hive-space-2);
      }
      .why {
        max-block-size: 12lh;
        overflow: auto;
        border-inline-start: 3px solid var(--hive-failed);
        padding-inline-start: var(--hive-space-3);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      .asked {
        display: grid;
        gap: var(--hive-space-1);
        border-inline-start: 3px solid var(--hive-waiting);
        padding-inline-start: var(--hive-space-3);
        overflow-wrap: anywhere;
      }
      @media (max-width: 700px) {
        /* One line of what moves: the rest stands under Info, and what the page is about is in sight. */
        .facts {
          border: 0;
          background: none;
        }
        dl {
          gap: 0 var(--hive-space-4);
          padding: 0;
        }
        dt {
          position: absolute;
          inline-size: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
        .unit::after {
          content: ' events';
        }
        dl > div {
          font-size: var(--hive-size-2);
          /* Figures that stand over each other can be hit one by one. */
          line-height: 24px;
        }
        .rest,
        .command {
          display: none;
        }
        h1,
        .asked a {
          display: -webkit-box;
          -webkit-box-orient: vertical;
          -webkit-line-clamp: 2;
          overflow: hidden;
        }
        h1 {
          font-size: var(--hive-size-4);
        }
        :host {
          gap: var(--hive-space-1);
        }
        .why {
          max-block-size: 4lh;
        }
      }
    `,
  ];

  @property({ attribute: false }) trace!: Trace;
  @property({ type: Number }) now = 0;

  override render() {
    const { result, correlationId, store, startMs } = this.trace;
    const id = html`<hive-copy
      .text=${shortId(correlationId)}
      .value=${correlationId}
      what="correlation id"
    ></hive-copy>`;
    const facts = html`<div>
        <dt>Duration</dt>
        <dd>
          ${this.#figure(this.now - startMs, { trace: correlationId }, duration(this.now - startMs))}${
            isRunning(this.trace) ? ' so far' : ''
          }
        </dd>
      </div>
      <div>
        <dt>Events</dt>
        <dd>
          ${this.#figure(store.rows, { trace: correlationId })}<span class="unit"></span>,
          ${
            store.errors === 0
              ? 'no errors'
              : html`<a class="tone-failed" href=${errorsAddress()}>${count(store.errors, 'error')}</a>${this.#first()}`
          }
        </dd>
      </div>`;
    if (result === null)
      return html`${this.#heading(this.#goal())}
        <div class="top">${id}</div>
        <div class="panel facts"><dl>${facts}</dl></div>`;
    return html`${this.#heading(result.goal)}
      <div class="top">
        <hive-status .status=${result.status}></hive-status>
        ${result.example ? html`<span class="example muted">Example</span>` : nothing} ${id}
        <span class="muted small"><hive-time .at=${result.submittedAt}></hive-time></span>
        <hive-copy class="command" text="hive show ${shortId(correlationId)}" what="command"></hive-copy>
      </div>
      ${result.reason === null ? nothing : html`<p class="why" tabindex=${result.reason.length > longestHeading ? 0 : nothing}>${result.code === null ? nothing : html`<b class="mono">${result.code}</b> `}${visibleText(result.reason)}</p>`}
      ${this.#asked(result.approvals ?? [])}
      <div class="panel facts">
        <dl>
          <div>
            <dt>Tasks</dt>
            <dd class="counts">${this.#counts(result)}</dd>
          </div>
          ${facts}
          <div class="rest">
            <dt>Repository</dt>
            <dd class="mono">${visibleLine(result.repo)}</dd>
          </div>
          <div class="rest">
            <dt>Branch</dt>
            <dd class="mono">
              ${result.branch === null ? html`<span class="muted">none yet</span>` : visibleLine(result.branch)}
            </dd>
          </div>
          <div class="rest">
            <dt>${result.head === null ? 'Base' : 'Base to head'}</dt>
            <dd class="mono" title=${result.base}>
              ${result.base.slice(0, 7)}${result.head === null ? '' : ` … ${result.head.slice(0, 7)}`}
            </dd>
          </div>
          <div class="rest">
            <dt>Models</dt>
            <dd>
              ${this.#figure(result.usage.calls, { trace: correlationId, types: ['model.called'] }, usageWords(result.usage))}
            </dd>
          </div>
        </dl>
      </div>`;
  }

  /** What a person is asked, leading to where it is decided; more than two would push the page away. */
  #asked(asked: NonNullable<Result['approvals']>) {
    if (asked.length === 0) return nothing;
    return html`<div class="asked">
      <span>Waits for you:</span>
      ${asked.slice(0, 2).map(({ id, action }) => html`<a href="/approvals/${id}">${visibleLine(action)}</a>`)}
      ${asked.length > 2 ? html`<a href="/approvals">and ${asked.length - 2} more</a>` : nothing}
    </div>`;
  }

  /** Where it began to go wrong: the cause stands there, not at the end. */
  #first() {
    const { store } = this.trace;
    const row = firstError(store);
    if (row < 0) return nothing;
    return html`, <a href=${addressWith({ sel: store.idOf(row), view: null })}>first bad event</a>`;
  }

  #goal(): string {
    const { store } = this.trace;
    return store.textOf('type', 0) === 'workflow.submitted' ? store.textOf('words', 0) : 'Life of a process';
  }

  /** A goal may be a page of text: then its beginning is the heading, and what the page is about stays in sight. */
  #heading(goal: string) {
    const line = visibleLine(goal);
    if (line.length <= longestHeading) return html`<h1 tabindex="-1">${line}</h1>`;
    return html`<h1 tabindex="-1">${line.slice(0, longestHeading)}…</h1>
      <details>
        <summary>The whole goal</summary>
        <p class="whole">${visibleText(goal)}</p>
      </details>`;
  }

  #counts({ tasks }: Result) {
    if (tasks.length === 0) return html`<span class="muted">not planned yet</span>`;
    const counts = Map.groupBy(tasks, (task) => task.status);
    return [...counts].map(([status, list]) => {
      const look = statusLook(status);
      const trace = this.trace.correlationId;
      return html`<span class="tone-${look.tone}"
        >${this.#figure(list.length, { trace, types: statusTypes(status) }, `${list.length} ${look.word.toLowerCase()}`)}</span
      >`;
    });
  }

  #figure(value: number, query: EventQuery, text = '') {
    return html`<hive-number .value=${value} .query=${query} .text=${text}></hive-number>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-trace-header': HiveTraceHeader;
  }
}
