import { matchesTypes, type HiveEvent } from '@hive/events';

/** Which events the page shows. Moments are ISO; `text` is looked for in what an event says. */
export type RingFilter = {
  readonly types?: readonly string[];
  readonly trace?: string;
  readonly since?: string;
  readonly until?: string;
  readonly text?: string;
};

/** As many events as a tab keeps. */
export const ringSize = 50_000;

/** What an event says, in small letters, for the search of a text. */
const words = (event: HiveEvent): string =>
  `${event.type} ${event.actor} ${event.stream} ${event.id} ${JSON.stringify(event.data)}`.toLowerCase();

/** True for an event that the filter lets through. */
export const passes = (event: HiveEvent, { types, trace, since, until, text }: RingFilter): boolean =>
  (types === undefined || types.length === 0 || matchesTypes(event.type, types)) &&
  (trace === undefined || event.correlationId.endsWith(trace)) &&
  (since === undefined || Date.parse(event.at) >= Date.parse(since)) &&
  (until === undefined || Date.parse(event.at) <= Date.parse(until)) &&
  (text === undefined || words(event).includes(text.toLowerCase()));

/**
 * The newest events that a tab has seen, in log order and each once. When it is full the oldest are dropped, and counted: they stay in
 * the log. `hidden` are those that the server was asked for and the text of the filter hides.
 */
export class EventRing {
  readonly #size: number;
  readonly #ids = new Set<string>();
  #filter: RingFilter = {};
  #events: HiveEvent[] = [];
  #dropped = 0;
  #hidden = 0;

  constructor(size = ringSize) {
    this.#size = size;
  }

  /** Those that pass the filter, oldest first. */
  get events(): readonly HiveEvent[] {
    return this.#events;
  }

  get dropped(): number {
    return this.#dropped;
  }

  get hidden(): number {
    return this.#hidden;
  }

  /** Begins anew with another filter. */
  reset(filter: RingFilter): void {
    this.#filter = filter;
    this.#ids.clear();
    this.#events = [];
    this.#dropped = 0;
    this.#hidden = 0;
  }

  /** Takes newer events; answers how many of them are shown. */
  add(events: readonly HiveEvent[]): number {
    const fresh = this.#fresh(events);
    const last = this.#events.at(-1);
    this.#events.push(...fresh);
    // A gap that was filled comes late.
    if (last && fresh.some((event) => event.position < last.position))
      this.#events.sort((a, b) => a.position - b.position);
    const over = this.#events.length - this.#size;
    if (over > 0) {
      for (const event of this.#events.splice(0, over)) this.#ids.delete(event.id);
      this.#dropped += over;
    }
    return fresh.length;
  }

  /** Takes older events, as far as there is room. False when there is none left. */
  addOlder(events: readonly HiveEvent[]): boolean {
    const room = this.#size - this.#events.length;
    const fresh = this.#fresh(events).sort((a, b) => a.position - b.position);
    const kept = fresh.slice(Math.max(0, fresh.length - room));
    this.#events = [...kept, ...this.#events];
    return this.#events.length < this.#size;
  }

  #fresh(events: readonly HiveEvent[]): HiveEvent[] {
    const { text, ...asked } = this.#filter;
    return events.filter((event) => {
      if (this.#ids.has(event.id) || !passes(event, asked)) return false;
      if (text !== undefined && !passes(event, { text })) {
        this.#hidden += 1;
        return false;
      }
      this.#ids.add(event.id);
      return true;
    });
  }
}

/** Events a second over the last ten seconds. `arrivals` are moments in milliseconds; those that are older are let go. */
export const rateOf = (arrivals: { readonly atMs: number; readonly count: number }[], nowMs: number): number => {
  const first = arrivals.findIndex(({ atMs }) => atMs > nowMs - rateMs);
  arrivals.splice(0, first < 0 ? arrivals.length : first);
  return arrivals.reduce((sum, { count }) => sum + count, 0) / (rateMs / 1000);
};

const rateMs = 10_000;
