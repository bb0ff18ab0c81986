import { LitElement, html, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { EndpointFigures } from '@hive/events';
import { baseStyles } from '../../ui/base-styles.ts';
import { duration } from '../../ui/duration.ts';
import { visibleLine } from '../../ui/visible-text.ts';
import '../../ui/hive-number.ts';
import { callsQuery, endpointState, placeOf } from './health-model.ts';
import { healthStyles } from './health-styles.ts';

/** Models at their places by the calls to them: how many, how many failed, how long they took, and limits that were met. */
@customElement('hive-model-table')
export class HiveModelTable extends LitElement {
  static override styles = [baseStyles, healthStyles];

  @property({ attribute: false }) endpoints: readonly EndpointFigures[] = [];
  /** From when on calls were counted (ISO). */
  @property() since = '';

  override render() {
    const { endpoints, since } = this;
    return html`<div class="panel wide-table">
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">State</th>
            <th scope="col">Calls</th>
            <th scope="col">Half within</th>
            <th scope="col">95 % within</th>
            <th scope="col">Limits met</th>
          </tr>
        </thead>
        <tbody>
          ${endpoints.map((it) => this.#model(it, since))}
        </tbody>
      </table>
    </div>`;
  }

  #model(it: EndpointFigures, since: string) {
    const query = callsQuery(it, since);
    const words = { failed: 'Failing', waiting: 'Limited', up: 'Answers' }[endpointState(it)];
    const ms = (value: number | null) =>
      html`<hive-number .value=${value} .text=${value === null ? '' : duration(value)} .query=${query}></hive-number>`;
    return html`<tr>
      <th scope="row" class="mono">${visibleLine(placeOf(it))}</th>
      <td class="tone-${{ failed: 'failed', waiting: 'waiting', up: 'ok' }[endpointState(it)]}">${words}</td>
      <td>
        <hive-number .value=${it.calls} .query=${query}></hive-number
        >${it.failed === 0 ? nothing : html`<span class="tone-failed">, ${it.failed} failed</span>`}
      </td>
      <td>${ms(it.p50Ms)}</td>
      <td>${ms(it.p95Ms)}</td>
      <td>
        <hive-number
          .value=${it.limited}
          .query=${{ types: ['model.rate_limited'], text: it.model, since }}
        ></hive-number>
      </td>
    </tr>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'hive-model-table': HiveModelTable;
  }
}
