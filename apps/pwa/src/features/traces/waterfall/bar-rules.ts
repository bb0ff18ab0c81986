import { stepsOfColumns } from '@hive/events';
import { hasBar } from '../phases.ts';
import { effectOf, longer } from './subject-bars.ts';

const steps = stepsOfColumns.length + 1;
const unknown = 255;

/** What is known of types and subjects by the numbers of their texts, so that each text is looked at once and not for every row that says it. */
export class BarRules {
  /** Of a type and a step, which follow each other. */
  #effects = new Uint8Array(64 * steps).fill(unknown);
  #bars = new Uint8Array(1024).fill(unknown);
  #lastPosition = new Float64Array(1024).fill(-Infinity);

  /** What an event of this type and step does to a bar; `step` counts from 1, 0 for none. */
  effect(type: number, text: string, step: number): number {
    const at = type * steps + step;
    while (at >= this.#effects.length)
      this.#effects = longer(this.#effects, new Uint8Array(this.#effects.length * 2).fill(unknown));
    const known = this.#effects[at] as number;
    return known === unknown ? (this.#effects[at] = effectOf(text, stepsOfColumns[step - 1] ?? null)) : known;
  }

  /** Whether the events about a subject make a bar. */
  hasBar(subject: number, text: string, isTask: boolean): boolean {
    if (isTask) return true;
    this.#room(subject);
    const known = this.#bars[subject] as number;
    return (known === unknown ? (this.#bars[subject] = hasBar(text, false) ? 1 : 0) : known) === 1;
  }

  /** True when nothing later of this subject was folded yet; it counts as folded from now on. */
  isNext(subject: number, position: number): boolean {
    this.#room(subject);
    if (position < (this.#lastPosition[subject] as number)) return false;
    this.#lastPosition[subject] = position;
    return true;
  }

  #room(subject: number): void {
    while (subject >= this.#bars.length) {
      const size = this.#bars.length * 2;
      this.#bars = longer(this.#bars, new Uint8Array(size).fill(unknown));
      this.#lastPosition = longer(this.#lastPosition, new Float64Array(size).fill(-Infinity));
    }
  }
}
