import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shortId, type Result } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { count, duration } from '../../ui/duration.ts';
import { statusLook } from '../../ui/status.ts';
import { visibleLine, visibleText } from '../../ui/visible-text.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';
import { isRunning, type Trace } from './trace-model.ts';

const grouped = new Intl.NumberFormat('en');

const usageWords = ({ calls, input, output, costUsd }: Result['usage']): string => {
  if (calls === 0) return 'no model was called';
  const cost = costUsd === null ? 'price not reported' : costUsd === 0 ? 'no charge' : `$${costUsd.toFixed(2)}`;
  return `${count(calls, 'call')}, ${grouped.format(input)} in, ${grouped.format(output)} out, ${cost}`;
};

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
      .why {
        border-inline-start: 3px solid var(--hive-failed);
        padding-inline-start: var(--hive-space-3);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
    `,
  ];

  @property({ attribute: false }) trace!: Trace;
  @property({ type: Number }) now = 0;

  override render() {
    const { result, correlationId, events, errors, startMs } = this.trace;
    const id = html`<hive-copy
      .text=${shortId(correlationId)}
      .value=${correlationId}
      what="correlation id"
    ></hive-copy>`;
    const facts = html`<div>
        <dt>Duration</dt>
        <dd>${duration(this.now - startMs)}${isRunning(this.trace) ? ' so far' : ''}</dd>
      </div>
      <div>
        <dt>Events</dt>
        <dd>
          ${grouped.format(events.length)},
          ${errors === 0 ? 'no errors' : html`<span class="tone-failed">${count(errors, 'error')}</span>`}
        </dd>
      </div>`;
    if (result === null)
      return html`<h1 tabindex="-1">${this.#goal()}</h1>
        <div class="top">${id}</div>
        <dl class="panel">${facts}</dl>`;
    return html`<h1 tabindex="-1">${visibleLine(result.goal)}</h1>
      <div class="top">
        <hive-status .status=${result.status}></hive-status>
        ${result.example ? html`<span class="example muted">Example</span>` : nothing} ${id}
        <span class="muted small"><hive-time .at=${result.submittedAt}></hive-time></span>
        <hive-copy text="hive show ${shortId(correlationId)}" what="command"></hive-copy>
      </div>
      ${result.reason === null ? nothing : html`<p class="why">${result.code === null ? nothing : html`<b class="mono">${result.code}</b> `}${visibleText(result.reason)}</p>`}
      <dl class="panel">
        <div>
          <dt>Tasks</dt>
          <dd class="counts">${this.#counts(result)}</dd>
        </div>
        ${facts}
        <div>
          <dt>Repository</dt>
          <dd class="mono">${visibleLine(result.repo)}</dd>
        </div>
        <div>
          <dt>Branch</dt>
          <dd class="mono">
            ${result.branch === null ? html`<span class="muted">none yet</span>` : visibleLine(result.branch)}
          </dd>
        </div>
        <div>
          <dt>${result.head === null ? 'Base' : 'Base to head'}</dt>
          <dd class="mono" title=${result.base}>
            ${result.base.slice(0, 7)}${result.head === null ? '' : ` … ${result.head.slice(0, 7)}`}
          </dd>
        </div>
        <div>
          <dt>Models</dt>
          <dd>${usageWords(result.usage)}</dd>
        </div>
      </dl>`;
  }

  #goal(): string {
    const submitted = this.trace.events.find((event) => event.type === 'workflow.submitted');
    return submitted ? visibleLine(submitted.data.goal) : 'Life of a process';
  }

  #counts({ tasks }: Result) {
    if (tasks.length === 0) return html`<span class="muted">not planned yet</span>`;
    const counts = Map.groupBy(tasks, (task) => task.status);
    return [...counts].map(([status, list]) => {
      const look = statusLook(status);
      return html`<span class="tone-${look.tone}">${list.length} ${look.word.toLowerCase()}</span>`;
    });
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-trace-header': HiveTraceHeader;
  }
}
