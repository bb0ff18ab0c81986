import { LitElement, html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { shortId } from '@hive/events';
import { AddressController } from '../../app/address-controller.ts';
import { addressWith, goTo } from '../../app/address.ts';
import type { RoomDesk } from '../../data/desk.ts';
import { LiveLoad } from '../../data/live-load.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { loadView } from '../../ui/load-view.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-copy.ts';
import './hive-event-details.ts';
import './hive-task-list.ts';
import './hive-trace-header.ts';
import './hive-trace-tree.ts';
import { isRunning, joinEvents, traceOf, type Trace } from './trace-model.ts';
import { traceStyles } from './trace-styles.ts';

const legend = html`<p class="legend small muted" aria-hidden="true">
  <i class="model"></i>model <i class="command"></i>work <i class="check"></i>check <i class="review"></i>review
  <i class="merge"></i>merge <i class="person"></i>waits for you
</p>`;

/** One workflow from its submission to the last merge, live: what was asked, what became of each task, and what caused what. */
@customElement('hive-trace-page')
export class HiveTracePage extends LitElement {
  static override styles = [baseStyles, traceStyles];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) live!: LiveStream;
  /** Whole, or any unique ending. */
  @property({ attribute: false }) correlationId = '';

  @state() private now = Date.now();

  readonly #address = new AddressController(this);
  #tick: ReturnType<typeof setInterval> | undefined;
  readonly #load = new LiveLoad<Trace>(this, {
    live: () => this.live,
    load: async () => traceOf(await this.desk.trace(this.correlationId)),
    concerns: ({ correlationId }) => correlationId.endsWith(this.correlationId),
    fold: (trace, events) => {
      const joined = joinEvents(
        trace.events,
        events.filter((event) => event.correlationId === trace.correlationId),
      );
      return joined === trace.events ? trace : traceOf(joined);
    },
  });

  override connectedCallback(): void {
    super.connectedCallback();
    // Open bars grow; nothing else needs the clock.
    this.#tick = setInterval(() => {
      if (this.#load.value && isRunning(this.#load.value) && document.visibilityState === 'visible')
        this.now = Date.now();
    }, 1000);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#tick);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    super.willUpdate(changed);
    if (changed.has('correlationId') && changed.get('correlationId')) void this.#load.reset();
  }

  protected override updated(): void {
    const goal = this.#load.value?.result?.goal;
    if (goal !== undefined) document.title = `${visibleLine(goal).slice(0, 60)} · Hive`;
  }

  override render() {
    return loadView(this.#load, (trace) => (trace.events.length === 0 ? this.#unknown() : this.#trace(trace)));
  }

  #trace(trace: Trace) {
    const now = isRunning(trace) ? Math.max(this.now, trace.lastMs) : trace.lastMs;
    const selected = trace.events.find((event) => event.id === this.#address.get('sel'));
    return html`
      <hive-trace-header .trace=${trace} .now=${now}></hive-trace-header>
      ${
        trace.result === null || trace.result.tasks.length === 0
          ? nothing
          : html`<section aria-labelledby="tasks">
              <div class="heading">
                <h2 id="tasks">Tasks</h2>
                ${legend}
              </div>
              <hive-task-list .trace=${trace} .now=${now}></hive-task-list>
            </section>`
      }
      <div class="events ${selected ? 'with-details' : ''}">
        <section aria-label="Events">
          <hive-trace-tree
            .trace=${trace}
            .now=${now}
            .selected=${selected?.id ?? null}
            @hive-select=${({ detail }: CustomEvent<string | null>) => goTo(addressWith({ sel: detail }))}
          ></hive-trace-tree>
        </section>
        ${
          selected
            ? html`<hive-event-details
                .event=${selected}
                .trace=${trace}
                @hive-select=${({ detail }: CustomEvent<string | null>) => this.#select(detail)}
              ></hive-event-details>`
            : nothing
        }
      </div>
    `;
  }

  #select(id: string | null): void {
    const before = this.#address.get('sel');
    goTo(addressWith({ sel: id }));
    this.renderRoot.querySelector('hive-trace-tree')?.reveal(id ?? before);
  }

  #unknown() {
    return html`<h1 tabindex="-1">No such trace</h1>
      <hive-notice
        heading="Nothing is recorded under this id"
        said="Ids may be whole or any unique ending. The newest are on the list."
        icon="traces"
      >
        <a href="/traces">Go to Traces</a>
        <hive-copy text="hive trace ${shortId(visibleLine(this.correlationId))}" what="command"></hive-copy>
      </hive-notice>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-trace-page': HiveTracePage;
  }
  interface HTMLElementEventMap {
    /** An event was chosen (its id), or the choice was given up (null). */
    'hive-select': CustomEvent<string | null>;
  }
}
