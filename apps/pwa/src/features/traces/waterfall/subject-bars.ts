import { beginsWith, isBadEnd, type Begun } from '../phases.ts';

/** The kinds of a stretch of time as numbers; `work` is drawn as the model's or a command's. */
export const stretchKinds: readonly Exclude<Begun, 'end'>[] = [
  ...(['needs', 'queued', 'work', 'check', 'review', 'merge', 'person', 'parked', 'paused'] as const),
];
const numberOf = new Map<string, number>(stretchKinds.map((kind, index) => [kind, index]));

/** What an event does to the bar of its subject, as a number: nothing, it ends what was, or it begins the kind of this number less two. */
export const doesNothing = 0;
const ends = 1;
const begins = 2;
/** Added where the end is one that nobody wanted. */
const badly = 64;

/** That number for an event of this type and step. */
export const effectOf = (type: string, step: string | null): number => {
  const begun = beginsWith(type, step);
  if (begun === null) return doesNothing;
  return (begun === 'end' ? ends : begins + (numberOf.get(begun) ?? 0)) + (isBadEnd(type) ? badly : 0);
};

/** No stretch, no row. */
export const none = 0xffffffff;

/** The bars of all subjects of a trace: chains of stretches in typed arrays, folded event by event. */
export class SubjectBars {
  /** Of a stretch: kind, beginning, end (NaN while it lasts), the row that began it, and the following one. */
  kind = new Uint8Array(256);
  from = new Float64Array(256);
  to = new Float64Array(256);
  row = new Uint32Array(256);
  next = new Uint32Array(256);
  #count = 0;

  /** Of a subject, by the number of its name: its first and last stretch, its last position, and what is known of it. */
  first = new Uint32Array(64).fill(none);
  last = new Uint32Array(64).fill(none);
  /** When it came to a bad end; NaN otherwise. */
  badAt = new Float64Array(64).fill(NaN);
  byModel = new Uint8Array(64);

  get count(): number {
    return this.#count;
  }

  /** Folds one more event of a subject, by what it does (`effectOf`, not nothing); they come in the order of the log. */
  fold(subject: number, row: number, event: { readonly effect: number; readonly at: number }): void {
    const { effect, at } = event;
    this.#room(subject);
    const open = this.last[subject] as number; // there is room
    if (open !== none && Number.isNaN(this.to[open])) this.to[open] = at;
    this.badAt[subject] = effect >= badly ? at : NaN;
    const kind = (effect % badly) - begins;
    if (kind >= 0) this.#push(subject, row, kind, at);
  }

  /** Notes that the author of a subject is a model. */
  markModel(subject: number): void {
    this.#room(subject);
    this.byModel[subject] = 1;
  }

  /** Forgets the bars of a subject, to fold it anew. */
  clear(subject: number): void {
    this.#room(subject);
    this.first[subject] = none;
    this.last[subject] = none;
    this.badAt[subject] = NaN;
  }

  /** The first stretch of a subject; `none` when it has no bars. */
  firstOf(subject: number): number {
    return this.first[subject] ?? none;
  }

  /** The stretch that a row began; `none` for most. */
  begunBy(subject: number, row: number): number {
    for (let at = this.firstOf(subject); at !== none; at = this.next[at] as number) if (this.row[at] === row) return at;
    return none;
  }

  #push(subject: number, row: number, kind: number, at: number): void {
    if (this.#count === this.kind.length) this.#grow();
    const index = this.#count++;
    this.kind[index] = kind;
    this.from[index] = at;
    this.to[index] = NaN;
    this.row[index] = row;
    this.next[index] = none;
    const before = this.last[subject] as number; // there is room
    if (before === none) this.first[subject] = index;
    else this.next[before] = index;
    this.last[subject] = index;
  }

  #grow(): void {
    const size = this.kind.length * 2;
    this.kind = longer(this.kind, new Uint8Array(size));
    this.from = longer(this.from, new Float64Array(size));
    this.to = longer(this.to, new Float64Array(size));
    this.row = longer(this.row, new Uint32Array(size));
    this.next = longer(this.next, new Uint32Array(size));
  }

  #room(subject: number): void {
    const before = this.first.length;
    if (subject < before) return;
    const size = Math.max(before * 2, subject + 1);
    this.first = longer(this.first, new Uint32Array(size)).fill(none, before);
    this.last = longer(this.last, new Uint32Array(size)).fill(none, before);
    this.badAt = longer(this.badAt, new Float64Array(size)).fill(NaN, before);
    this.byModel = longer(this.byModel, new Uint8Array(size));
  }
}

/** What was in the shorter array, at the beginning of the longer one. */
export const longer = <T extends Uint8Array | Uint16Array | Uint32Array | Float64Array>(before: T, after: T): T => {
  after.set(before);
  return after;
};
