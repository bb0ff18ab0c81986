import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { HiveEvent, SystemPauses } from '@hive/events';
import { arrival } from '../data/arrival.ts';
import type { LiveNews } from '../data/live-stream.ts';
import type { Place, Room } from './places.ts';

const restMs = 400;

/** What of the building is paused, and how many steps still run to their end. */
export type Stopped = { readonly paused: SystemPauses; readonly running: number };

const concernsStop = ({ type }: HiveEvent, isStopped: boolean): boolean =>
  type === 'system.paused' ||
  type === 'system.resumed' ||
  // While all is paused, each end of a step is one less that drains.
  (isStopped &&
    /^task\.(submitted|checked|review_completed|merged|completed|refused|failed|attempt_failed)/.test(type));

/** What the frame shows of the building on every page: the numbers beside menu entries, and whether everything stands still. */
export class Standing implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #room: Room;
  readonly #places: readonly Place[];
  readonly #counts = new Map<string, number>();
  readonly #due = new Map<string, ReturnType<typeof setTimeout>>();
  #stopped: Stopped | null = null;
  #unfollow: (() => void) | undefined;

  constructor(host: ReactiveControllerHost, room: Room, places: readonly Place[]) {
    this.#host = host;
    this.#room = room;
    this.#places = places.filter((place) => place.menu?.badge !== undefined);
    host.addController(this);
  }

  /** The number beside the entry of this path; 0 while nothing is known. */
  countOf(path: string): number {
    return this.#counts.get(path) ?? 0;
  }

  /** Null while nothing is paused, or nothing is known. */
  get stopped(): Stopped | null {
    return this.#stopped;
  }

  hostConnected(): void {
    const types = ['system.*', 'task.*', ...this.#places.flatMap(({ menu }) => menu?.badge?.types ?? [])];
    this.#unfollow = this.#room.live.follow((news) => this.#hear(news), { types });
  }

  hostDisconnected(): void {
    this.#unfollow?.();
    for (const timer of this.#due.values()) clearTimeout(timer);
    this.#due.clear();
  }

  /** Looks now, after a command of this tab. */
  look(): void {
    this.#soon('stop', () => this.#readStop(), 0);
  }

  #hear(news: LiveNews): void {
    const isHello = news.kind === 'hello';
    const any = (concerns: (event: HiveEvent) => boolean) => isHello || news.events.some(concerns);
    for (const { path, menu } of this.#places) {
      const badge = menu?.badge;
      if (badge && any(badge.concerns))
        this.#soon(path, async () => void this.#counts.set(path, await badge.load(this.#room.desk)));
    }
    if (any((event) => concernsStop(event, this.#stopped !== null))) this.#soon('stop', () => this.#readStop());
  }

  async #readStop(): Promise<void> {
    const { paused, steps } = await this.#room.desk.health();
    this.#stopped = Object.keys(paused).length === 0 ? null : { paused, running: steps['claimed'] ?? 0 };
  }

  /** Many wishes become one look. One that fails changes nothing: the next event asks again. */
  #soon(what: string, look: () => Promise<void>, inMs = restMs): void {
    if (this.#due.has(what)) return;
    const run = async () => {
      await arrival();
      this.#due.delete(what);
      await look().catch(() => undefined);
      this.#host.requestUpdate();
    };
    this.#due.set(
      what,
      setTimeout(() => void run(), inMs),
    );
  }
}
