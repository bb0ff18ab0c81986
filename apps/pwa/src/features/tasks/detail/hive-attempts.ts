import { LitElement, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { RoomDesk } from '../../../data/desk.ts';
import { baseStyles } from '../../../ui/base-styles.ts';
import { count, duration } from '../../../ui/duration.ts';
import type { EventQuery } from '../../../ui/event-query.ts';
import '../../../ui/hive-author.ts';
import '../../../ui/hive-number.ts';
import '../../../ui/hive-time.ts';
import { visibleLine, visibleText } from '../../../ui/visible-text.ts';
import { attemptStyles } from './attempt-styles.ts';
import { spentOn, type Attempt, type Turn } from './attempts.ts';
import './hive-turn.ts';

/** What was at the very end of an attempt belongs to it. */
const momentAfter = (iso: string): string => new Date(Date.parse(iso) + 1).toISOString();

/** Every attempt at a task: who made it, what it took, how it came out, and why the next one came. */
@customElement('hive-attempts')
export class HiveAttempts extends LitElement {
  static override styles = [baseStyles, attemptStyles];

  @property({ attribute: false }) desk!: Pick<RoomDesk, 'artefact'>;
  @property({ attribute: false }) attempts: readonly Attempt[] = [];
  @property() workflowId = '';
  @property() taskId = '';

  /** The turn whose reply is shown, by its event. */
  @state() private open: ReadonlySet<string> = new Set();

  override render() {
    if (this.attempts.length === 0)
      return html`<p class="muted">Nobody has begun. Its first attempt stands here as soon as an agent takes it.</p>`;
    return html`<ol>
      ${repeat(
        this.attempts,
        ({ eventId }) => eventId,
        (attempt) => this.#attempt(attempt),
      )}
    </ol>`;
  }

  #attempt(attempt: Attempt) {
    const { n, agent, author, outcome, from, to, turns, after, next } = attempt;
    const model = author ?? turns.at(-1)?.model ?? null;
    return html`<li class="panel">
      <p class="top">
        <b>Attempt ${n}</b>
        <span class="tone-${outcome.tone}">${outcome.word}</span>
        ${model === null ? nothing : html`<hive-author .author=${model}></hive-author>`}
        <span class="mono small">${visibleLine(agent)}</span>
        <span class="muted small"
          ><hive-time .at=${from}></hive-time>${to === null ? '' : html`, ${this.#took(from, to)}`}</span
        >
      </p>
      ${
        outcome.reason === null && outcome.code === null
          ? nothing
          : html`<p>
              ${outcome.code === null ? nothing : html`<b class="mono">${outcome.code}</b> `}<span class="pre"
                >${visibleText(outcome.reason ?? '')}</span
              >
            </p>`
      }
      ${turns.length === 0 ? nothing : this.#turns(attempt)}
      ${
        after.length === 0
          ? nothing
          : html`<ul class="after">
              ${after.map(({ text, bad, eventId }) => html`<li><a class=${bad ? 'tone-failed' : ''} href=${this.#event(eventId)}>${visibleText(text)}</a></li>`)}
            </ul>`
      }
      ${next === null ? nothing : html`<p class="next"><span class="muted">Then</span> <span class="pre">${visibleText(next)}</span></p>`}
    </li>`;
  }

  #took(from: string, to: string) {
    const [ms, until] = [Date.parse(to) - Date.parse(from), momentAfter(to)];
    const query = { trace: this.workflowId, text: this.taskId, since: from, until };
    return html`<hive-number .value=${ms} .text=${duration(ms)} .query=${query}></hive-number>`;
  }

  #turns(attempt: Attempt) {
    const { turns, from, to } = attempt;
    const { input, output, costUsd, ms } = spentOn(turns);
    const query: EventQuery = {
      types: ['model.called'],
      trace: this.workflowId,
      text: this.taskId,
      since: from,
      ...(to !== null && { until: momentAfter(to) }),
    };
    const figure = (name: string, value: number | null, text = '') =>
      html`<div>
        <dt>${name}</dt>
        <dd><hive-number .value=${value} .query=${query} .text=${text} label=${name}></hive-number></dd>
      </div>`;
    return html`<dl>
        ${figure('Turns', turns.length)} ${figure('Tokens in', input)} ${figure('Tokens out', output)}
        ${figure('Cost', costUsd, costUsd === 0 ? 'no charge' : costUsd === null ? '' : `$${costUsd.toFixed(2)}`)}
        ${figure('Model time', ms, ms === null ? '' : duration(ms))}
      </dl>
      <details>
        <summary>${count(turns.length, 'turn')} and tool calls</summary>
        <ol class="turns">
          ${turns.map((turn, index) => this.#turn(turn, index + 1))}
        </ol>
      </details>`;
  }

  #turn(turn: Turn, n: number) {
    const { eventId, model, input, output, totalMs, outcome, reply, source } = turn;
    const isOpen = this.open.has(eventId);
    const tokens = (value: number | null) => (value === null ? 'not reported' : String(value));
    const words = [
      `${tokens(input)} in, ${tokens(output)} out`,
      duration(totalMs),
      ...(source === 'live' ? [] : [source === 'cache' ? 'answered before' : 'from the recording']),
    ];
    return html`<li>
      <p class="top small">
        <a href=${this.#event(eventId)}>Turn ${n}</a>
        <span class="mono">${visibleLine(model)}</span>
        <span class="muted">${words.join(' · ')}</span>
        ${outcome === 'ok' ? nothing : html`<b class="mono tone-failed">${outcome}</b>`}
        ${
          reply === null
            ? html`<span class="muted">no reply</span>`
            : html`<button class="small" aria-expanded=${isOpen} @click=${() => this.#toggle(eventId)}>
                ${isOpen ? 'Hide the reply' : 'Show the reply'}
              </button>`
        }
      </p>
      ${isOpen && reply !== null ? html`<hive-turn .desk=${this.desk} .reply=${reply}></hive-turn>` : nothing}
    </li>`;
  }

  #event(id: string): string {
    return `/traces/${this.workflowId}?sel=${id}`;
  }

  #toggle(id: string): void {
    const open = new Set(this.open);
    if (!open.delete(id)) open.add(id);
    this.open = open;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-attempts': HiveAttempts;
  }
}
