import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { HiveEvent } from '@hive/events';
import { arrival } from './arrival.ts';
import type { LiveFilter, LiveNews, LiveStream } from './live-stream.ts';

/** What a page loads and how it stays fresh. */
export type LiveLoadOptions<T> = {
  readonly live: () => LiveStream;
  readonly load: () => Promise<T>;
  /** Events that make what is shown old. Without `fold` they cause another load. */
  readonly concerns: (event: HiveEvent) => boolean;
  /** What of the log is needed at all (default: everything): a quiet page need not be told what a busy building records. */
  readonly filter?: () => LiveFilter | undefined;
  /** What is shown with these events added; must not mind events that it knows already. */
  readonly fold?: (value: T, events: readonly HiveEvent[]) => T;
  /** Loads at least this often; for what the log does not tell, such as heartbeats. */
  readonly everyMs?: number;
};

const restMs = 500;
const patienceMs = 800;

/**
 * One load that stays fresh: it folds what the stream brings, or loads again, at most twice a second. The stream is opened first,
 * so that what happens between the answer and the first event is in one of the two.
 */
export class LiveLoad<T> implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  readonly #options: LiveLoadOptions<T>;
  #error: unknown;
  #wanted = 0;
  #value: T | undefined;
  #since: HiveEvent[] = [];
  #due: ReturnType<typeof setTimeout> | undefined;
  #interval: ReturnType<typeof setInterval> | undefined;
  #unfollow: (() => void) | undefined;
  #asked = false;
  /** Where it was when it was shown. Another address means that it may be left just now. */
  #path = '';

  constructor(host: ReactiveControllerHost, options: LiveLoadOptions<T>) {
    this.#host = host;
    this.#options = options;
    host.addController(this);
  }

  /** What is known; stays while newer is on its way and when that fails. */
  get value(): T | undefined {
    return this.#value;
  }

  /** Why the last load failed, if it did. */
  get error(): unknown {
    return this.#error;
  }

  hostConnected(): void {
    this.#path = location.pathname;
    this.#unfollow = this.#options.live().follow((news) => this.#hear(news), this.#options.filter?.());
    const { everyMs } = this.#options;
    if (everyMs !== undefined)
      this.#interval = setInterval(() => document.visibilityState === 'visible' && void this.run(), everyMs);
    void this.#first();
  }

  hostDisconnected(): void {
    this.#unfollow?.();
    this.#unfollow = undefined;
    this.#wanted += 1; // what is on its way is for nobody
    this.#asked = false;
    clearInterval(this.#interval);
    clearTimeout(this.#due);
    this.#due = undefined;
  }

  /** Loads now. */
  async run(): Promise<void> {
    this.#asked = true;
    this.#since = [];
    const mine = ++this.#wanted;
    const settle = (error: unknown, value: T | undefined) => {
      if (mine !== this.#wanted) return; // an older answer than the one that was asked for last
      this.#error = error;
      if (value !== undefined)
        this.#value = this.#options.fold && this.#since.length > 0 ? this.#options.fold(value, this.#since) : value;
      this.#host.requestUpdate();
    };
    const [error, value] = await this.#options.load().then(
      (value) => [undefined, value] as const,
      (error: unknown) => [error, undefined] as const,
    );
    await this.#mayBeLeft();
    settle(error, value);
  }

  /** Waits while another page is on its way: it comes before what this one would show. */
  async #mayBeLeft(): Promise<void> {
    if (this.#path !== location.pathname) await arrival();
  }

  /** Forgets what was shown and loads anew, for another address. */
  async reset(): Promise<void> {
    this.#value = undefined;
    this.#error = undefined;
    this.#host.requestUpdate();
    await this.run();
  }

  /** Changes what is known, such as by a further page. */
  change(how: (value: T) => T): void {
    if (this.#value === undefined) return;
    this.#value = how(this.#value);
    this.#host.requestUpdate();
  }

  /** Loads soon; many wishes become one load. */
  refresh(): void {
    this.#due ??= setTimeout(() => {
      this.#due = undefined;
      void this.run();
    }, restMs);
  }

  async #first(): Promise<void> {
    await Promise.race([this.#options.live().opened, new Promise((resolve) => setTimeout(resolve, patienceMs))]);
    await this.#mayBeLeft();
    if (!this.#asked && this.#unfollow !== undefined) await this.run();
  }

  #hear(news: LiveNews): void {
    if (news.kind === 'hello') {
      if (news.missed && this.#asked) this.refresh();
      return;
    }
    const events = news.events.filter(this.#options.concerns);
    if (events.length === 0) return;
    if (!this.#options.fold) return this.refresh();
    this.#since.push(...events);
    if (this.#value === undefined) return;
    this.#value = this.#options.fold(this.#value, events);
    this.#host.requestUpdate();
  }
}
