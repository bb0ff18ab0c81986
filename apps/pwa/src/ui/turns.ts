import type { ReactiveController, ReactiveControllerHost } from 'lit';

/** Lets the browser do what waits: paint, and answer a hand. */
export const turn = (): Promise<void> =>
  'scheduler' in globalThis && 'yield' in scheduler ? scheduler.yield() : new Promise((resolve) => setTimeout(resolve));

/** Resolves when the next frame was painted; at once where none will be. */
export const painted = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof document === 'undefined' || document.visibilityState === 'hidden') resolve();
    else requestAnimationFrame(() => setTimeout(resolve));
  });

/** Resolves when what the next frame shows is on the screen: a frame later, since the one is put there while the next is made. */
export const seen = async (): Promise<void> => {
  await painted();
  await painted();
};

/** About as long as the parts of one turn may take, in ms; a telephone takes four times as long for what a desk does in this. */
const turnMs = 5;

/**
 * Lets an element show what it shows for the first time a few parts at a time, each few in a task of their own, so that no task is long enough to
 * keep a hand waiting: `atOnce` to begin with, then fewer or more, by how long the last few took. What is asked for in the order of the page only
 * ever grows at its end, so nothing moves. Once all is shown, updates are made at once.
 */
export class Turns implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #atOnce: number;
  #most: number;
  /** When this update began. */
  #began = 0;
  /** What of this update is left; below zero when more was asked for than may be shown yet. */
  #left = 0;
  #waits = false;

  constructor(host: ReactiveControllerHost, atOnce = 2) {
    this.#host = host;
    this.#most = this.#atOnce = atOnce;
    host.addController(this);
  }

  /** Those of the parts that may be shown by now. */
  of<T>(parts: readonly T[]): readonly T[] {
    const shown = parts.slice(0, Math.max(0, this.#left));
    this.#left -= parts.length;
    return shown;
  }

  /** Whether one more part may be shown by now. */
  one(): boolean {
    return this.of([0]).length > 0;
  }

  hostUpdate(): void {
    this.#left = this.#most;
    this.#began = performance.now();
  }

  hostUpdated(): void {
    if (this.#left >= 0) {
      if (this.#left < this.#most) this.#most = Infinity; // something was asked for, and all of it is shown
      return;
    }
    if (this.#waits) return;
    this.#waits = true;
    void turn().then(() => {
      this.#waits = false;
      // The parts have shown themselves by now too.
      const took = performance.now() - this.#began;
      this.#atOnce = Math.max(1, Math.round(this.#atOnce * Math.min(2, Math.max(0.5, turnMs / took))));
      this.#most += this.#atOnce;
      this.#host.requestUpdate();
    });
  }
}
