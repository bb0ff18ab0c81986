import { Task } from '@lit/task';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { HiveEvent } from '@hive/events';
import type { LiveNews, LiveStream } from './live-stream.ts';

/** What a page loads and how it stays fresh. */
export type LiveLoadOptions<T> = {
  readonly live: () => LiveStream;
  readonly load: () => Promise<T>;
  /** Events that make what is shown old. Without `fold` they cause another load. */
  readonly concerns: (event: HiveEvent) => boolean;
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
  readonly #task: Task<readonly [], T>;
  #value: T | undefined;
  #since: HiveEvent[] = [];
  #due: ReturnType<typeof setTimeout> | undefined;
  #interval: ReturnType<typeof setInterval> | undefined;
  #unfollow: (() => void) | undefined;
  #asked = false;

  constructor(host: ReactiveControllerHost, options: LiveLoadOptions<T>) {
    this.#host = host;
    this.#options = options;
    this.#task = new Task(host, { task: () => options.load(), args: () => [] as const, autoRun: false });
    host.addController(this);
  }

  /** What is known; stays while newer is on its way and when that fails. */
  get value(): T | undefined {
    return this.#value;
  }

  /** Why the last load failed, if it did. */
  get error(): unknown {
    return this.#task.error;
  }

  hostConnected(): void {
    this.#unfollow = this.#options.live().follow((news) => this.#hear(news));
    const { everyMs } = this.#options;
    if (everyMs !== undefined)
      this.#interval = setInterval(() => document.visibilityState === 'visible' && void this.run(), everyMs);
    void this.#first();
  }

  hostDisconnected(): void {
    this.#unfollow?.();
    clearInterval(this.#interval);
    clearTimeout(this.#due);
    this.#due = undefined;
  }

  /** Loads now. */
  async run(): Promise<void> {
    this.#asked = true;
    this.#since = [];
    await this.#task.run().catch(() => undefined); // the task keeps the error, the page shows it
    const loaded = this.#task.value;
    if (loaded === undefined) return;
    this.#value = this.#options.fold && this.#since.length > 0 ? this.#options.fold(loaded, this.#since) : loaded;
    this.#host.requestUpdate();
  }

  /** Forgets what was shown and loads anew, for another address. */
  async reset(): Promise<void> {
    this.#value = undefined;
    await this.run();
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
    if (!this.#asked) await this.run();
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
