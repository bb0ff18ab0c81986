import { askedWorker, type AskedWorker } from '../../../workers/asked-worker.ts';
import type { EventFilter } from './event-filter.ts';
import type { FilterAnswer, FilterQuestion } from './filter-worker.ts';
import workerAddress from './filter-worker.ts?worker&url';
import { rowStatuses, spanOf, statusOf } from './row-facts.ts';
import type { TraceStore } from './trace-store.ts';

/** Filters a trace in a worker, which keeps what it was told: only what is new goes there with a question. */
export class TraceSearch {
  readonly #store: TraceStore;
  readonly #worker: AskedWorker<FilterQuestion, FilterAnswer> = askedWorker(workerAddress);
  #told = { rows: 0, strings: 0 };
  #question = 0;
  /** How long the worker took for the last answer, in ms. */
  lastMs = 0;

  constructor(store: TraceStore) {
    this.#store = store;
  }

  /** The rows that fit; null when another question was asked meanwhile. */
  async find(filter: EventFilter, now: number): Promise<Uint8Array | null> {
    const mine = ++this.#question;
    let answer = await this.#worker.ask(...this.#asking(filter, now));
    if (answer === null) {
      this.#told = { rows: 0, strings: 0 };
      answer = await this.#worker.ask(...this.#asking(filter, now));
    }
    if (mine !== this.#question || answer === null) return null;
    this.lastMs = answer.ms;
    return answer.fits;
  }

  close(): void {
    this.#question += 1;
    this.#worker.close();
  }

  #asking(filter: EventFilter, now: number): [FilterQuestion, { transfer: Transferable[] }] {
    const store = this.#store;
    const { rows: from, strings: stringsFrom } = this.#told;
    const { rows } = store;
    const status = new Uint8Array(rows);
    const durationMs = new Float64Array(rows);
    for (let row = 0; row < rows; row += 1) {
      status[row] = rowStatuses.indexOf(statusOf(store, row));
      const span = spanOf(store, row, now);
      durationMs[row] = span.to - span.from;
    }
    const part = (column: Uint32Array) => column.slice(from, rows);
    const facts = {
      ...{ rows, status, durationMs, strings: store.strings.slice(stringsFrom) },
      ...{ type: part(store.type), actor: part(store.actor), subject: part(store.subject), words: part(store.words) },
    };
    this.#told = { rows, strings: store.strings.length };
    const moved = [status, durationMs, facts.type, facts.actor, facts.subject, facts.words];
    return [{ filter, from, stringsFrom, facts }, { transfer: moved.map(({ buffer }) => buffer) }];
  }
}
