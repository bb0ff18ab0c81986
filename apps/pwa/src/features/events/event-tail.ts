import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { HiveEvent } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import type { LiveStream } from '../../data/live-stream.ts';
import type { EventQuery } from '../../ui/event-query.ts';
import { EventRing, rateOf } from './event-ring.ts';

/** A few screens full: what is read first is rendered whole. */
const pageSize = 100;

/** What the tail needs of its page. */
export type TailOptions = {
  readonly desk: () => Pick<RoomDesk, 'events'>;
  readonly live: () => LiveStream;
  readonly query: () => EventQuery;
};

/**
 * The end of the log under a filter: what was, page by page backwards, and what comes. While it is paused what comes waits. Like a load it
 * tells `value` and `error`, so that all four states can be shown.
 */
export class EventTail implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: TailOptions;
  readonly #ring = new EventRing();
  readonly #arrivals: { atMs: number; count: number }[] = [];
  #asked = '';
  #turn = 0;
  #waiting: HiveEvent[] = [];
  #paused = false;
  #loaded = false;
  #older: string | null = null;
  #due: number | undefined;
  #interval: ReturnType<typeof setInterval> | undefined;
  #unfollow: (() => void) | undefined;

  error: unknown = undefined;

  constructor(host: ReactiveControllerHost, options: TailOptions) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** What is shown; undefined before the first answer. */
  get value(): EventRing | undefined {
    return this.#loaded ? this.#ring : undefined;
  }

  get isPaused(): boolean {
    return this.#paused;
  }

  /** How many came since it was paused. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** True where the log has more that fits, before what is shown. */
  get hasOlder(): boolean {
    return this.#older !== null;
  }

  /** Events a second that fit, over the last ten seconds. */
  rate(nowMs: number): number {
    return rateOf(this.#arrivals, nowMs);
  }

  pause(paused: boolean): void {
    this.#paused = paused;
    if (!paused) this.#take(this.#waiting.splice(0));
    this.#host.requestUpdate();
  }

  hostConnected(): void {
    this.#unfollow = this.#options.live().follow((news) => {
      if (news.kind === 'events') this.#hear(news.events);
      else if (news.missed && this.#loaded) void this.run();
    });
    this.#interval = setInterval(() => this.#arrivals.length > 0 && this.#host.requestUpdate(), 1000);
  }

  hostDisconnected(): void {
    this.#unfollow?.();
    clearInterval(this.#interval);
    if (this.#due !== undefined) cancelAnimationFrame(this.#due);
    this.#due = undefined;
  }

  /** Another address is another question. */
  hostUpdate(): void {
    const asked = JSON.stringify(this.#options.query());
    if (asked === this.#asked) return;
    this.#asked = asked;
    this.#loaded = false;
    this.#waiting = [];
    this.#arrivals.length = 0;
    this.#ring.reset(this.#options.query());
    void this.run();
  }

  /** Reads the newest page. */
  async run(): Promise<void> {
    await this.#read(undefined);
  }

  /** Reads on backwards. */
  async more(): Promise<void> {
    if (this.#older !== null) await this.#read(Number(this.#older));
  }

  async #read(after: number | undefined): Promise<void> {
    const mine = (this.#turn += after === undefined ? 1 : 0);
    const { types, trace, since, until } = this.#options.query();
    try {
      const { items, next } = await this.#options.desk().events({
        newest: true,
        limit: pageSize,
        ...(types && { types }),
        // Only a whole id is known to the log; the end of one is found among what was read.
        ...(trace !== undefined && trace.length === 36 && { correlationId: trace }),
        ...(since !== undefined && { since }),
        ...(until !== undefined && { before: new Date(Date.parse(until) + 1).toISOString() }),
        ...(after !== undefined && { after }),
      });
      if (mine !== this.#turn) return;
      const isRoom = after === undefined ? (this.#ring.add(items.toReversed()), true) : this.#ring.addOlder(items);
      this.#older = isRoom ? next : null;
      this.#loaded = true;
      this.error = undefined;
    } catch (error) {
      if (mine === this.#turn) this.error = error;
    }
    this.#host.requestUpdate();
  }

  #hear(events: readonly HiveEvent[]): void {
    if (this.#paused) this.#waiting.push(...events);
    else this.#take(events);
    // Many batches become one picture.
    this.#due ??= requestAnimationFrame(() => {
      this.#due = undefined;
      this.#host.requestUpdate();
    });
  }

  #take(events: readonly HiveEvent[]): void {
    const count = this.#ring.add(events);
    if (count > 0) this.#arrivals.push({ atMs: Date.now(), count });
  }
}
