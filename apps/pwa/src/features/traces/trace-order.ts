import type { TraceSummary } from '@hive/events';

/** How the list of traces may be ordered; the first is how Hive gives them. */
export const orders = {
  newest: 'Newest first',
  longest: 'Longest first',
  events: 'Most events first',
  errors: 'Most errors first',
} as const;
export type Order = keyof typeof orders;

/** The order that an address asks for; the usual one where it asks for none that there is. */
export const orderOf = (asked: string): Order => (Object.hasOwn(orders, asked) ? (asked as Order) : 'newest');

const figures: Readonly<Record<Exclude<Order, 'newest'>, (trace: TraceSummary) => number>> = {
  longest: ({ firstAt, lastAt }) => Date.parse(lastAt) - Date.parse(firstAt),
  events: ({ events }) => events,
  errors: ({ errors }) => errors,
};

/**
 * Orders a list that goes on growing. A trace keeps the place that its figures gave it when it was first seen, so that nothing moves because
 * something was recorded; asking for another order looks at all of them anew. Pinned ones stand first, in the same order.
 */
export class TraceOrder {
  #order: Order = 'newest';
  readonly #places = new Map<string, number>();

  of(traces: readonly TraceSummary[], asked: { readonly order: Order; readonly pinned: ReadonlySet<string> }) {
    const { order, pinned } = asked;
    if (order !== this.#order) this.#places.clear();
    this.#order = order;
    const placed =
      order === 'newest' ? traces : traces.toSorted((a, b) => this.#place(b, order) - this.#place(a, order));
    if (pinned.size === 0) return placed;
    const isPinned = ({ correlationId }: TraceSummary) => pinned.has(correlationId);
    return [...placed.filter(isPinned), ...placed.filter((it) => !isPinned(it))];
  }

  #place(trace: TraceSummary, order: Exclude<Order, 'newest'>): number {
    const known = this.#places.get(trace.correlationId);
    if (known !== undefined) return known;
    const place = figures[order](trace);
    this.#places.set(trace.correlationId, place);
    return place;
  }
}
