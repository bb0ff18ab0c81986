import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { shortId, type WorkflowSummary } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { count, duration } from '../../ui/duration.ts';
import { eventsAddress } from '../../ui/event-query.ts';
import { statusLook } from '../../ui/status.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-status.ts';
import '../../ui/hive-time.ts';
import { settledTypes } from '../traces/settled-types.ts';
import { endedBadly, settled, type Left } from './home-model.ts';

const order = ['merged', 'completed', 'refused', 'failed', 'infra', 'waiting', 'blocked', 'cancelled'];

/** A workflow in a few words and a bar; leads to its trace. */
@customElement('hive-workflow-card')
export class HiveWorkflowCard extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: block;
      }
      article {
        position: relative;
        display: grid;
        gap: var(--hive-space-2);
        padding: var(--hive-space-3) var(--hive-space-4);
        transition: border-color var(--hive-motion);
      }
      article:hover {
        border-color: var(--hive-control);
      }
      a {
        color: inherit;
        text-decoration: none;
      }
      /* The whole card leads to the trace, its figures to their events. */
      .goal::after {
        content: '';
        position: absolute;
        inset: 0;
      }
      .goal:focus-visible::after {
        outline: inherit;
      }
      .below a {
        position: relative;
        line-height: 24px;
      }
      .top,
      .below {
        display: flex;
        align-items: baseline;
        justify-content: space-between;
        gap: var(--hive-space-2) var(--hive-space-4);
      }
      .below {
        flex-wrap: wrap;
        align-items: center;
        overflow-wrap: anywhere;
      }
      .goal {
        font-size: var(--hive-size-4);
        font-weight: 600;
        overflow-wrap: anywhere;
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        overflow: hidden;
      }
      .counts {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-1) var(--hive-space-3);
      }
      .example {
        padding-inline: 6px;
        border: 1px dashed currentColor;
        border-radius: var(--hive-radius-1);
        font-size: var(--hive-size-1);
      }
      .bar {
        display: flex;
        gap: 1px;
        block-size: 6px;
        border-radius: 3px;
        overflow: hidden;
        background: var(--hive-border);
      }
      .bar i {
        block-size: 100%;
        background: currentColor;
        transition: inline-size var(--hive-motion);
      }
    `,
  ];

  @property({ attribute: false }) workflow!: WorkflowSummary;
  /** How long it still takes, where enough was measured. */
  @property({ attribute: false }) left: Left | null = null;

  override render() {
    const { workflow } = this;
    return html`<article class="panel">
      <span class="top">
        <a class="goal" href="/traces/${workflow.id}">${visibleLine(workflow.goal)}</a>
        <span class="muted small"><hive-time .at=${workflow.settledAt ?? workflow.submittedAt}></hive-time></span>
      </span>
      ${this.#bar()}
      <span class="below small">
        <span class="counts">
          <hive-status .status=${workflow.status}></hive-status>
          ${workflow.example ? html`<span class="example muted">Example</span>` : nothing} ${this.#counts()}
        </span>
        <span class="muted">${this.#where()}</span>
      </span>
    </article>`;
  }

  #counts() {
    const { workflow } = this;
    const done = settled(workflow);
    const parts = order.flatMap((status) => {
      // "Waits for you" stands before it already.
      const n = status === 'waiting' && workflow.status === 'waiting' ? 0 : (workflow.counts[status] ?? 0);
      const look = statusLook(status);
      return n === 0
        ? []
        : [this.#figure(`tone-${look.tone}`, `${n} ${look.word.toLowerCase()}`, settledTypes(status))];
    });
    return html`${parts}${done < workflow.tasks ? this.#figure('muted', `${done} of ${count(workflow.tasks, 'task')} settled`, ['task.*']) : nothing}${
      this.left === null
        ? nothing
        : this.#figure(
            'muted',
            `about ${duration(this.left.ms)} left, by ${count(this.left.measured, 'workflow')}`,
            ['workflow.completed'],
            '',
          )
    }`;
  }

  #figure(look: string, words: string, types: readonly string[], trace = this.workflow.id) {
    return html`<a class=${look} href=${eventsAddress({ trace, types })}>${words}</a>`;
  }

  #where() {
    const { workflow } = this;
    const took = workflow.settledAt === null ? null : Date.parse(workflow.settledAt) - Date.parse(workflow.submittedAt);
    const repo = visibleLine(workflow.repo.split('/').at(-1) ?? workflow.repo);
    return html`${repo} ·
    ${took === null ? nothing : html`${this.#figure('muted', duration(took), ['workflow.*'])} · `}${shortId(workflow.id)}`;
  }

  #bar() {
    const { workflow } = this;
    if (workflow.tasks === 0) return nothing;
    const good = workflow.merged + (workflow.counts['completed'] ?? 0);
    const bad = endedBadly(workflow);
    const waiting = workflow.counts['waiting'] ?? 0;
    const part = (n: number, tone: string) =>
      n === 0 ? nothing : html`<i class="tone-${tone}" .style=${`inline-size:${(100 * n) / workflow.tasks}%`}></i>`;
    return html`<span class="bar" aria-hidden="true"
      >${part(good, 'ok')}${part(bad, 'failed')}${part(waiting, 'waiting')}</span
    >`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-workflow-card': HiveWorkflowCard;
  }
}
