import type { HiveEvent } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { joinEvents, keyTypes } from './trace-model.ts';
import type { TraceStore } from './waterfall/trace-store.ts';

/** Up to so many events a trace is kept whole: it can be read without Hive then, payloads included. */
const shortTrace = 2000;
const pageSize = 1000;
/** Live events beyond this are let go again, the oldest first, but for those that views are made of. */
const mostLive = 4000;

const isKey = ({ type }: HiveEvent): boolean => (keyTypes as readonly string[]).includes(type);

/** The events of a trace that are kept with their payloads. */
export class KeptEvents {
  readonly #desk: () => RoomDesk;
  readonly #changed: () => void;
  #filled = false;
  events: readonly HiveEvent[] = [];

  constructor(desk: () => RoomDesk, changed: () => void) {
    this.#desk = desk;
    this.#changed = changed;
  }

  /** Events that came live. */
  add(events: readonly HiveEvent[]): void {
    this.events = joinEvents(this.events, events);
    const over = this.events.length - mostLive - shortTrace;
    if (over > 0) this.events = this.events.filter((event, index) => index >= over || isKey(event));
  }

  /** Reads, once, the whole of a short trace, or what views need of a long one. What cannot be read is left out: the rows are there. */
  async fill({ correlationId, rows }: TraceStore): Promise<void> {
    if (this.#filled) return;
    this.#filled = true;
    try {
      const read = rows <= shortTrace ? this.#desk().trace(correlationId) : this.#keyEvents(correlationId);
      this.events = joinEvents(this.events, await read);
      this.#changed();
    } catch {
      this.#filled = false;
    }
  }

  /** One event, by its whole id. */
  async event(id: string): Promise<HiveEvent> {
    return this.events.find((event) => event.id === id) ?? (await this.#desk().event(id));
  }

  async #keyEvents(correlationId: string): Promise<readonly HiveEvent[]> {
    const found: HiveEvent[] = [];
    for (let after: string | null | undefined; after !== null;) {
      const page = await this.#desk().events({
        ...{ correlationId, types: keyTypes, limit: pageSize },
        ...(after !== undefined && { after: Number(after) }),
      });
      found.push(...page.items);
      after = page.next;
    }
    return found;
  }
}
