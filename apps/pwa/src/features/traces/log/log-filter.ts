import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { parseEventFilter } from '../waterfall/event-filter.ts';
import { TraceSearch } from '../waterfall/trace-search.ts';
import type { TraceStore } from '../waterfall/trace-store.ts';

/** What of a trace fits the filter of the address, found in a worker; asked again for what comes live. */
export class LogFilter implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #search: { readonly store: TraceStore; readonly in: TraceSearch } | null = null;
  #asked = '';
  #turn = 0;
  /** 1 for each row that fits; null: all do. */
  fits: Uint8Array | null = null;
  /** What cannot be understood, in a sentence; empty when all is. */
  problem = '';

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#turn += 1;
    this.#asked = '';
    this.#search?.in.close();
    this.#search = null;
  }

  /** Looks for what fits, unless that was asked for already. */
  find(store: TraceStore, { typed, now }: { readonly typed: string; readonly now: number }): void {
    const asked = `${store.correlationId} ${store.version} ${typed}`;
    if (asked === this.#asked) return;
    this.#asked = asked;
    const mine = ++this.#turn;
    const parsed = parseEventFilter(typed);
    this.problem = 'problem' in parsed ? parsed.problem : '';
    if ('problem' in parsed) return;
    if (parsed.filter === null) {
      this.fits = null;
      return;
    }
    if (this.#search?.store !== store) {
      this.#search?.in.close();
      this.#search = { store, in: new TraceSearch(store) };
    }
    void this.#search.in
      .find(parsed.filter, now)
      .catch(() => null) // a newer question is on its way, or the page is left
      .then((fits) => {
        if (fits === null || mine !== this.#turn) return;
        this.fits = fits;
        this.#host.requestUpdate();
      });
  }
}
