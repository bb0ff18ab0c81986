import { LitElement, css, html, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { TraceSummary } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { Rights } from '../../data/rights.ts';
import { pinTraces } from '../../data/stored-traces.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import { count } from '../../ui/duration.ts';
import '../../ui/hive-outcomes.ts';
import type { Outcome } from '../../ui/hive-outcomes.ts';
import { toast } from '../../ui/toast.ts';
import { doToAll, type BulkVerb } from './bulk.ts';

const open = new Set(['submitted', 'planned', 'running', 'paused', 'waiting']);

/** To which of them a verb applies. */
const applies: Readonly<Record<BulkVerb, (status: string) => boolean>> = {
  cancel: (status) => open.has(status),
  pause: (status) => open.has(status) && status !== 'paused',
  resume: (status) => status === 'paused',
  retry: (status) => !['submitted', 'planned', 'completed'].includes(status),
};

/** What can be done with the traces that were chosen, and what came of each. Fires `hive-chosen` when the choice is to be
 * given up, and `hive-pinned` when other traces than before are pinned here. */
@customElement('hive-bulk-bar')
export class HiveBulkBar extends LitElement {
  static override styles = [
    baseStyles,
    css`
      :host {
        display: grid;
        gap: var(--hive-space-2);
        position: sticky;
        inset-block-start: var(--hive-space-2);
        z-index: 3;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--hive-space-2);
        padding: var(--hive-space-2) var(--hive-space-3);
      }
      .bar b {
        flex: 1;
      }
    `,
  ];

  @property({ attribute: false }) desk!: RoomDesk;
  @property({ attribute: false }) chosen: readonly TraceSummary[] = [];
  /** The ids of those that are pinned in this browser. */
  @property({ attribute: false }) pinned: ReadonlySet<string> = new Set();

  @state() private busy = false;
  @state() private outcomes: readonly Outcome[] = [];

  readonly #rights = new Rights(this, () => this.desk);

  override render() {
    return html`${
        this.chosen.length === 0
          ? nothing
          : html`<div class="panel bar" role="group" aria-label="What to do with them">
              <b>${count(this.chosen.length, 'workflow')} chosen</b>
              ${this.#verb('pause', 'Pause', 'stop')} ${this.#verb('resume', 'Resume', 'work')}
              ${this.#verb('retry', 'Retry', 'work')} ${this.#verb('cancel', 'Cancel', 'stop')} ${this.#pin()}
              <button class="plain" @click=${this.#giveUp}>Choose none</button>
            </div>`
      } <hive-outcomes .outcomes=${this.outcomes} @hive-dismiss=${() => (this.outcomes = [])}></hive-outcomes>`;
  }

  #verb(verb: BulkVerb, name: string, right: 'stop' | 'work') {
    if (!this.#rights.may(right)) return nothing;
    const fitting = this.chosen.filter(({ status }) => status !== null && applies[verb](status));
    return html`<button ?disabled=${this.busy || fitting.length === 0} @click=${() => void this.#do(verb, fitting)}>
      ${name} ${fitting.length === 0 ? '' : fitting.length}
    </button>`;
  }

  /** Lets go of them where all are pinned already. */
  #pin() {
    const loose = this.chosen.filter(({ correlationId }) => !this.pinned.has(correlationId));
    const [name, those, on] =
      loose.length > 0 ? (['Pin', loose, true] as const) : (['Unpin', this.chosen, false] as const);
    return html`<button ?disabled=${this.busy} @click=${() => void this.#pinAll(those, on)}>
      ${name} ${those.length}
    </button>`;
  }

  async #pinAll(traces: readonly TraceSummary[], on: boolean): Promise<void> {
    try {
      await pinTraces(traces, on);
      toast(on ? 'Pinned: on top here, and kept offline once they were opened' : 'No longer pinned');
      this.dispatchEvent(new Event('hive-pinned'));
      this.#giveUp();
    } catch {
      toast('Not pinned: this browser keeps nothing', 'failed');
    }
  }

  async #do(verb: BulkVerb, traces: readonly TraceSummary[]): Promise<void> {
    this.busy = true;
    try {
      const outcomes = await doToAll(this.desk, verb, traces);
      if (outcomes === null) return;
      this.outcomes = outcomes;
      this.#giveUp();
    } finally {
      this.busy = false;
    }
  }

  readonly #giveUp = (): void => void this.dispatchEvent(new Event('hive-chosen'));
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-bulk-bar': HiveBulkBar;
  }
  interface HTMLElementEventMap {
    /** What was chosen of a list is given up. */
    'hive-chosen': Event;
    /** Some were pinned in this browser, or let go. */
    'hive-pinned': Event;
  }
}
