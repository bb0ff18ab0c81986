import { Task } from '@lit/task';
import { LitElement, css, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { addressWith } from '../../../app/address.ts';
import { baseStyles } from '../../../ui/base-styles.ts';
import { errorWords } from '../../../ui/error-words.ts';
import '../../../ui/hive-copy.ts';
import '../../../ui/hive-skeleton.ts';
import { icon } from '../../../ui/icons.ts';
import { stack } from '../../../ui/stack.ts';
import { toast } from '../../../ui/toast.ts';
import { visibleLine, visibleText } from '../../../ui/visible-text.ts';
import { logRows } from '../log/log-rows.ts';
import type { TraceScene } from '../trace-views.ts';
import { copiedOf, jsonRows, type JsonRow } from './json-rows.ts';

const grouped = new Intl.NumberFormat('en');

/** One event of a trace as it is stored, key by key; the one that is chosen, else the first. */
@customElement('hive-raw-view')
export class HiveRawView extends LitElement {
  static override styles = [
    baseStyles,
    css`
      ${stack(2)}
      nav {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-2) var(--hive-space-4);
      }
      nav a {
        display: inline-flex;
        align-items: center;
        min-block-size: var(--hive-target);
      }
      .keys {
        overflow: clip;
      }
      .keys > div {
        display: grid;
        grid-template-columns: minmax(0, 260px) minmax(0, 1fr) auto;
        align-items: start;
        gap: var(--hive-space-3);
        min-block-size: 32px;
        padding: 4px var(--hive-space-3);
        border-block-end: 1px solid var(--hive-border);
        font: var(--hive-size-1) / 1.6 var(--hive-mono);
      }
      dt,
      dd {
        overflow-wrap: anywhere;
      }
      .text {
        white-space: pre-wrap;
      }
      .keys button {
        min-block-size: 24px;
        padding: 0 var(--hive-space-1);
      }
      @media (max-width: 700px) {
        .keys > div {
          grid-template-columns: minmax(0, 1fr) auto;
        }
        dd.value {
          grid-column: 1;
        }
        dd.copy {
          grid-column: 2;
          grid-row: 1;
        }
      }
    `,
  ];

  @property({ attribute: false }) scene!: TraceScene;

  readonly #event = new Task(this, {
    task: ([id]) => this.scene.trace.events.find((event) => event.id === id) ?? this.scene.desk.event(id),
    args: () => [this.#id] as const,
  });

  override render() {
    const { trace } = this.scene;
    const { rows } = logRows(trace.store, null, Infinity);
    const at = rows.indexOf(trace.store.rowOf(this.#id));
    const link = (row: number | undefined, name: string) =>
      row === undefined
        ? html`<span class="muted">${name}</span>`
        : html`<a href=${addressWith({ sel: trace.store.idOf(row) })}>${name}</a>`;
    return html`<nav aria-label="Events in log order">
        ${link(rows[at - 1], 'Older')}
        <span>Event ${grouped.format(at + 1)} of ${grouped.format(rows.length)}</span>
        ${link(rows[at + 1], 'Newer')}
        <a href="/api/v1/events/${this.#id}" target="_blank" rel="noopener">Open as stored</a>
      </nav>
      ${this.#event.render({
        pending: () => html`<hive-skeleton></hive-skeleton>`,
        complete: (event) => this.#whole(event),
        error: (error) => {
          const { said, remedy } = errorWords(error);
          return html`<p class="tone-failed" role="status">
            This event could not be read. ${said} ${remedy}
            <button @click=${() => void this.#event.run()}>Try again</button>
          </p>`;
        },
      })}`;
  }

  /** The chosen event; without one the root of the trace. */
  get #id(): string {
    const { selected, trace } = this.scene;
    const [first] = selected === null ? logRows(trace.store, null, Infinity).rows : [];
    return selected ?? (first === undefined ? '' : trace.store.idOf(first));
  }

  #whole(event: object) {
    const { rows, more } = jsonRows(event);
    return html`<p>
        <hive-copy
          text="Copy the whole event"
          .value=${JSON.stringify(event, null, 2)}
          what="event as JSON"
        ></hive-copy>
      </p>
      <dl class="keys panel">${rows.map((row) => this.#row(row))}</dl>
      ${more === 0 ? nothing : html`<p class="muted small">${grouped.format(more)} more keys are not shown; copy the event to read them.</p>`}`;
  }

  #row(row: JsonRow) {
    const { path, depth, key, text, rest, kind } = row;
    return html`<div>
      <dt title=${visibleLine(path)} .style=${`padding-inline-start:${Math.min(depth, 8)}em`}>${visibleLine(key)}</dt>
      <dd class="value ${kind === 'group' ? 'muted' : ''}">
        <span class="text">${visibleText(text)}</span
        >${rest === 0 ? nothing : html`<span class="muted"> … and ${grouped.format(rest)} characters more</span>`}
      </dd>
      <dd class="copy">
        <button class="plain" aria-label="Copy ${visibleLine(path)}" title="Copy" @click=${() => void copy(row)}>
          ${icon('copy')}
        </button>
      </dd>
    </div>`;
  }
}

const copy = async (row: JsonRow): Promise<void> => {
  try {
    await navigator.clipboard.writeText(copiedOf(row));
    toast(`Copied ${visibleLine(row.path)}`);
  } catch {
    toast('Not copied: this browser does not allow it here', 'failed');
  }
};

declare global {
  interface HTMLElementTagNameMap {
    'hive-raw-view': HiveRawView;
  }
}
