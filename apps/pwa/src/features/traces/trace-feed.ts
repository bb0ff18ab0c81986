import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { HiveEvent, Result, TraceColumns } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import type { LiveNews, LiveStream } from '../../data/live-stream.ts';
import { whenIdle } from '../../data/when-idle.ts';
import { seen, turn } from '../../ui/turns.ts';
import { KeptEvents } from './kept-events.ts';
import { firstPart, takeAsked } from './trace-ahead.ts';
import { traceOf, type Trace } from './trace-model.ts';
import { TraceStore } from './waterfall/trace-store.ts';

/** Where a feed reads, and what. */
export type TraceFeedOptions = {
  readonly desk: () => RoomDesk;
  readonly live: () => LiveStream;
  /** Whole, or any unique ending. */
  readonly correlationId: () => string;
  /** Shows rows that came live at once, where the view can: then all else about them is told less often. */
  readonly showLive: () => boolean;
};

/** How often what the workflow has come to is asked for at most. */
const restMs = 1000;
/** How often what is read beside a picture changes at most, where the picture shows what is new itself. */
const calmMs = 250;
/** Showing what is new looks at all rows. So many of them are worth a millisecond of waiting: 100,000 rows are shown anew after 40 ms. */
const rowsPerMs = 2500;
/** So long rows wait for the part that follows the first one: one picture of both is complete sooner than two are. */
const togetherMs = 300;
/** While parts of a long trace come, what is behind the first picture can wait a little longer. */
const partsMs = 150;
/** What is not needed for the picture waits for an idle moment, and no longer than this. */
const patienceMs = 500;
const wholeId = 36;
const idsAtOnce = 5000;

const isUnknown = (error: unknown): boolean => (error as { code?: string } | null)?.code === 'input.unknown_id';

/**
 * Fills the store of one trace: from its parts, which are asked for one after the other, and from the stream. It follows before it reads, so that
 * nothing falls in between; after each gap of the stream it reads on from where it had read to. What comes meanwhile waits, since its causes may
 * be in what is read.
 */
export class TraceFeed implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: TraceFeedOptions;
  /** Counts what was begun; what belongs to another trace has ended. */
  #turn = 0;
  #store = new TraceStore();
  #kept: KeptEvents;
  #result: Result | null | undefined;
  #error: unknown;
  #isWhole = false;
  #isDrawn = false;
  #readTo: number | null = null;
  #reading = false;
  #again = false;
  /** What was asked for before anybody followed. Something may have been recorded in between. */
  #asked = false;
  #shownAt = -Infinity;
  #toShow: ReturnType<typeof setTimeout> | undefined;
  #since: HiveEvent[] = [];
  #value: Trace | undefined;
  #unfollow: (() => void) | undefined;
  #askedAt = -restMs;
  #due: ReturnType<typeof setTimeout> | undefined;

  constructor(host: ReactiveControllerHost, options: TraceFeedOptions) {
    this.#host = host;
    this.#options = options;
    this.#kept = this.#keep();
    host.addController(this);
  }

  /** What is known; undefined until its first part and its standing are there. */
  get value(): Trace | undefined {
    return this.#value;
  }

  /** False while what is known of the rows is not worth a picture: more of them may be here before it were made. */
  get isDrawn(): boolean {
    return this.#isDrawn;
  }

  /** Why the last reading broke off, if it did. */
  get error(): unknown {
    return this.#error;
  }

  hostConnected(): void {
    this.#follow();
    void this.run();
  }

  hostDisconnected(): void {
    this.#turn += 1;
    this.#reading = false;
    this.#unfollow?.();
    this.#unfollow = undefined;
    clearTimeout(this.#due);
    clearTimeout(this.#toShow);
    this.#due = this.#toShow = undefined;
  }

  /** Reads on, and once more what the trace has come to. */
  async run(): Promise<void> {
    await Promise.all([this.#ask(), this.#read()]);
  }

  /** Forgets what was shown and reads anew, for another address. */
  reset(): void {
    this.hostDisconnected();
    this.#store = new TraceStore();
    this.#kept = this.#keep();
    this.#result = this.#value = this.#error = undefined;
    this.#isWhole = this.#isDrawn = this.#again = false;
    this.#readTo = null;
    this.#since = [];
    this.hostConnected();
    this.#host.requestUpdate();
  }

  /** An event with its payload. Throws what the desk does. */
  event(id: string): Promise<HiveEvent> {
    return this.#kept.event(id);
  }

  #keep(): KeptEvents {
    return new KeptEvents(this.#options.desk, () => this.#tell());
  }

  #follow(): void {
    this.#unfollow?.();
    const { correlationId, live } = this.#options;
    const id = this.#store.correlationId || correlationId();
    this.#unfollow = live().follow(
      (news) => this.#hear(news),
      id.length === wholeId ? { correlationId: id } : undefined,
    );
  }

  async #read(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return;
    }
    this.#reading = true;
    const mine = this.#turn;
    try {
      do {
        this.#again = false;
        await this.#readParts(mine);
        if (mine !== this.#turn) return;
        this.#error = undefined;
        this.#isWhole = this.#isDrawn = true;
        // All that was recorded when it was asked for is here; what the stream missed since is read behind it.
        if (this.#again) this.#tell();
      } while (this.#again);
      this.#store.applyLive(this.#since.splice(0));
      this.#store.placeRest();
      void this.#afterPaint(mine);
    } catch (error) {
      if (mine === this.#turn) this.#error = error;
      this.#isDrawn = true;
    } finally {
      if (mine === this.#turn) {
        this.#reading = false;
        this.#tell();
      }
    }
  }

  async #readParts(mine: number): Promise<void> {
    let coming: Promise<TraceColumns | null> | null = this.#part(this.#readTo);
    while (coming !== null) {
      const part: TraceColumns | null = await coming;
      if (part === null || mine !== this.#turn) return;
      // The server makes the next part while this one is drawn; the first one is small, so that this begins at once.
      const isFirst = this.#store.correlationId === '';
      const asked = isFirst ? takeAsked(this.#options.correlationId(), 'more') : undefined;
      coming = part.next === null ? null : (asked ?? this.#part(Number(part.next)));
      coming?.catch(() => undefined); // whoever waits for it hears of it
      this.#store.apply(part);
      if (part.positions.length > 0) this.#readTo = part.positions.reduce((sum, step) => sum + step, 0);
      if (isFirst && this.#options.correlationId().length !== wholeId) this.#follow();
      if (coming === null) return;
      if (isFirst) await this.#waitTogether(coming);
      else this.#tellSoon(partsMs);
    }
  }

  /** Shows what stands beside the rows; these wait a moment for the part that follows. */
  async #waitTogether(coming: Promise<unknown>): Promise<void> {
    await turn(); // that part is asked for before anything is shown
    this.#tell();
    const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), togetherMs));
    const first = await Promise.race([coming.catch(() => null), late]);
    this.#isDrawn = true;
    if (first === 'late') this.#tell();
  }

  /** What is not needed for the picture: whole events, and what was recorded between the asking and the following. */
  async #afterPaint(mine: number): Promise<void> {
    await seen();
    await whenIdle(patienceMs);
    if (mine !== this.#turn) return;
    if (this.#asked) void this.#read();
    this.#asked = false;
    void this.#kept.fill(this.#store);
    void this.#indexIds(mine);
  }

  /** What comes live names its cause by its id. For a long trace, finding it is made ready in pieces, before the first one comes. */
  async #indexIds(mine: number): Promise<void> {
    while (mine === this.#turn && !this.#store.indexIds(idsAtOnce)) await new Promise((turn) => setTimeout(turn));
  }

  #part(after: number | null): Promise<TraceColumns> {
    const id = this.#options.correlationId();
    if (after !== null) return this.#options.desk().traceColumns(id, { after });
    const asked = takeAsked(id, 'part');
    this.#asked = asked !== undefined;
    return asked ?? this.#options.desk().traceColumns(id, firstPart);
  }

  /** What the workflow has come to. The trace of a process has no workflow. */
  async #ask(): Promise<void> {
    const mine = this.#turn;
    this.#askedAt = performance.now();
    try {
      const id = this.#options.correlationId();
      // Asked ahead is what was then; whoever knows that much already wants to know how it is now.
      const asked = this.#result === undefined ? takeAsked(id, 'result') : undefined;
      const result = await (asked ?? this.#options.desk().workflow(id));
      if (mine === this.#turn) this.#result = result;
    } catch (error) {
      if (mine !== this.#turn) return;
      if (isUnknown(error)) this.#result = null;
      else if (this.#result === undefined) this.#error = error;
    }
    this.#tell();
  }

  /** Shows what came, unless that was done just now: then in a while. */
  #tellSoon(restMs = this.#store.rows / rowsPerMs): void {
    const due = this.#shownAt + restMs - performance.now();
    if (due <= 0) this.#tell();
    else this.#toShow ??= setTimeout(() => this.#tell(), due);
  }

  #tell(): void {
    clearTimeout(this.#toShow);
    this.#toShow = undefined;
    this.#shownAt = performance.now();
    const store = this.#store;
    if (this.#result !== undefined && store.rows > 0)
      this.#value = traceOf(store, { events: this.#kept.events, isWhole: this.#isWhole, result: this.#result });
    this.#host.requestUpdate();
  }

  #hear(news: LiveNews): void {
    if (news.kind === 'hello') {
      if (!news.missed) return;
      void this.#read();
      return this.#askSoon();
    }
    const id = this.#store.correlationId || this.#options.correlationId();
    const events = news.events.filter(({ correlationId }) => correlationId.endsWith(id));
    if (events.length === 0) return;
    if (this.#reading || !this.#isWhole) this.#since.push(...events);
    else if (this.#store.applyLive(events) > 0) this.#store.placeRest();
    this.#kept.add(events);
    this.#askSoon();
    this.#tellSoon(this.#options.showLive() ? calmMs : undefined);
  }

  #askSoon(): void {
    this.#due ??= setTimeout(
      () => {
        this.#due = undefined;
        void this.#ask();
      },
      Math.max(0, this.#askedAt + restMs - performance.now()),
    );
  }
}
