import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { QueuedWork } from '../../data/send-work.ts';
import { baseStyles } from '../../ui/base-styles.ts';
import '../../ui/hive-time.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import { newStyles } from './new-styles.ts';

/** What was handed in here while Hive was away: what waits, and what Hive refused. Fires `hive-unqueue` with a key. */
@customElement('hive-queued-work')
export class HiveQueuedWork extends LitElement {
  static override styles = [baseStyles, newStyles];

  @property({ attribute: false }) works: readonly QueuedWork[] = [];

  override render() {
    return html`<section class="panel" aria-labelledby="queued">
      <h2 id="queued">On its way from this device</h2>
      <ul class="queued">
        ${this.works.map((work) => this.#work(work))}
      </ul>
    </section>`;
  }

  #work({ key, request, queuedAt, refused, timing }: QueuedWork) {
    return html`<li>
      <b>${visibleLine(request.goal)}</b>
      <span class="small muted"
        >${visibleLine(request.repo)}, handed in here
        <hive-time .at=${new Date(queuedAt).toISOString()}></hive-time
        >${timing === null ? nothing : ', for later'}</span
      >
      <div class="row">
        ${
          refused === null
            ? html`<span class="small">It will be sent when Hive answers.</span>`
            : html`<span class="small tone-failed">Not accepted: ${visibleLine(refused.message)}</span>`
        }
        <button @click=${() => this.#drop(key)}>${refused === null ? 'Take it back' : 'Dismiss'}</button>
      </div>
    </li>`;
  }

  #drop(key: string): void {
    this.dispatchEvent(new CustomEvent('hive-unqueue', { detail: key }));
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-queued-work': HiveQueuedWork;
  }
  interface HTMLElementEventMap {
    /** Work of this device is taken back, or its refusal was read: its key. */
    'hive-unqueue': CustomEvent<string>;
  }
}
