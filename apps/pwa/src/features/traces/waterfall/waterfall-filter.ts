import type { ReactiveController, ReactiveControllerHost } from 'lit';
import { parseEventFilter } from './event-filter.ts';
import { TraceSearch } from './trace-search.ts';
import type { WaterfallState } from './waterfall-state.ts';

/** Filters the rows of a waterfall by what was typed, in a worker that begins with the first filter. */
export class WaterfallFilter implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #change: (how: () => void) => void;
  #search: TraceSearch | null = null;
  #asked = 0;
  /** What cannot be understood, in a sentence; empty when all is. */
  problem = '';

  /** `change` is told how rows are to be shown from now on, with what is in sight staying there. */
  constructor(host: ReactiveControllerHost, change: (how: () => void) => void) {
    this.#host = host;
    this.#change = change;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.close();
  }

  /** Shows what fits, once it is found; what cannot be understood leaves the rows as they are. */
  async find(state: WaterfallState, typed: string): Promise<void> {
    const mine = ++this.#asked;
    const parsed = parseEventFilter(typed);
    this.problem = 'problem' in parsed ? parsed.problem : '';
    if ('problem' in parsed) return;
    let fits: Uint8Array | null = null;
    if (parsed.filter !== null) {
      this.#search ??= new TraceSearch(state.store);
      fits = await this.#search.find(parsed.filter, state.now).catch(() => null);
      if (fits === null || mine !== this.#asked) return;
    } else if (state.fits === null) return;
    this.#change(() => state.setFits(fits));
    this.#host.requestUpdate();
  }

  /** Forgets the trace. */
  close(): void {
    this.#asked += 1;
    this.#search?.close();
    this.#search = null;
  }
}
