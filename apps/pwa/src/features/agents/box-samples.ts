import type { BoxSummary } from '@hive/events';

/** What was measured of a box at one moment. */
export type BoxSample = {
  readonly atMs: number;
  readonly running: number;
  readonly waiting: number;
  /** Bytes; null where nobody knows. */
  readonly memory: number | null;
};

const most = 120;

/** The samples of boxes since the page was opened; the oldest go. Nothing is recorded of them anywhere else. */
export class BoxSamples {
  readonly #of = new Map<string, BoxSample[]>();

  /** Takes what was measured now. */
  add(boxes: readonly BoxSummary[], atMs: number): void {
    for (const { name, running, waiting, memory } of boxes) {
      const known = this.#of.get(name) ?? [];
      known.push({ atMs, running, waiting, memory: memory?.used ?? null });
      this.#of.set(name, known.slice(-most));
    }
  }

  of(box: string): readonly BoxSample[] {
    return this.#of.get(box) ?? [];
  }
}
