import { html, nothing, type TemplateResult } from 'lit';
import { errorTypes, shortId, type TraceSummary, type Trigger } from '@hive/events';
import { count, duration } from '../../ui/duration.ts';
import '../../ui/hive-copy.ts';
import '../../ui/hive-number.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';
import { icon } from '../../ui/icons.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import { usageWords } from './usage-words.ts';

const open = new Set(['submitted', 'planned', 'running', 'paused', 'waiting']);

const triggers: Readonly<Record<Trigger, string>> = {
  ...{ command: 'By command', api: 'By control room or API', schedule: 'By schedule', replay: 'By replay' },
};

/** How a trace stands in the list, and what happens when it is chosen. */
type Row = {
  readonly isPinned: boolean;
  readonly isChosen: boolean;
  /** How long the longest of the list took; the bars of all are drawn beside it. */
  readonly longestMs: number;
  readonly choose: () => void;
};

/** How long a trace took, from its first to its last event. */
export const tookMs = ({ firstAt, lastAt }: TraceSummary): number => Date.parse(lastAt) - Date.parse(firstAt);

/** A line of the list of traces: it leads to the trace, and its figures to their events. */
export const traceRow = (trace: TraceSummary, { isPinned, isChosen, longestMs, choose }: Row): TemplateResult => {
  const took = tookMs(trace);
  const { agents = [], usage, trigger } = trace;
  const name = trace.goal === null ? 'Life of a process' : visibleLine(trace.goal);
  const figure = (value: number, text: string, types?: readonly string[]) =>
    html`<hive-number
      .value=${value}
      .text=${text}
      .query=${{ trace: trace.correlationId, ...(types && { types }) }}
    ></hive-number>`;
  return html`<li data-id=${trace.correlationId}>
    <span class="choice"
      >${
        trace.status === null
          ? nothing
          : html`<input type="checkbox" aria-label="Choose ${name}" .checked=${isChosen} @change=${choose} />`
      }</span
    >
    <span class="status"
      >${trace.status === null ? html`<span class="muted">Process</span>` : html`<hive-status .status=${trace.status}></hive-status>`}</span
    >
    <a class="goal one-line" href="/traces/${trace.correlationId}"
      >${isPinned ? html`<span class="pin">${icon('pin')}<span class="visually-hidden">pinned</span></span>` : nothing}${name}${trace.repo === undefined ? nothing : html`<span class="small muted repo">${visibleLine(trace.repo.split('/').at(-1) ?? '')}</span>`}</a
    >
    <span class="id"
      ><hive-copy .text=${shortId(trace.correlationId)} .value=${trace.correlationId} what="correlation id"></hive-copy
    ></span>
    <span class="muted small started"><hive-time .at=${trace.firstAt}></hive-time></span>
    <span class="muted small took"
      >${trace.status !== null && open.has(trace.status) ? 'so far ' : ''}${figure(took, duration(took))}<i
        .style=${`inline-size:${longestMs > 0 ? Math.max(1, (100 * took) / longestMs) : 0}%`}
      ></i
    ></span>
    <span class="muted small events">${figure(trace.events, count(trace.events, 'event'))}</span>
    <span class="small errors ${trace.errors > 0 ? 'tone-failed' : 'muted'}"
      >${trace.errors === 0 ? 'no errors' : figure(trace.errors, count(trace.errors, 'error'), errorTypes)}</span
    >
    ${
      usage === undefined
        ? nothing
        : html`<span class="muted small work"
            >${trigger === undefined ? nothing : html`${triggers[trigger]} · `}${
              agents.length === 0
                ? 'nobody took a step'
                : figure(agents.length, visibleLine(agents.join(', ')), ['task.claimed'])
            }
            · ${usage.calls === 0 ? usageWords(usage) : figure(usage.calls, usageWords(usage), ['model.called'])}</span
          >`
    }
  </li>`;
};
