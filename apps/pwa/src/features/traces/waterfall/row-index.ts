/** Finds rows by a number of theirs: open addressing in one typed array, so that a million rows cost no million objects. */
export class RowIndex {
  readonly #keyOf: (row: number) => number;
  /** A row plus one; 0 is free. */
  #slots = new Uint32Array(1024);
  #count = 0;

  constructor(keyOf: (row: number) => number) {
    this.#keyOf = keyOf;
  }

  get size(): number {
    return this.#count;
  }

  add(row: number): void {
    if (++this.#count * 2 > this.#slots.length) this.#grow();
    this.#put(row);
  }

  /** The row with this key, or -1. */
  findKey(key: number): number {
    const slots = this.#slots;
    const keyOf = this.#keyOf;
    const mask = slots.length - 1;
    for (let at = placeOf(key) & mask; ; at = (at + 1) & mask) {
      const taken = slots[at] as number; // within the mask
      if (taken === 0) return -1;
      if (keyOf(taken - 1) === key) return taken - 1;
    }
  }

  /** The row with this key for which `fits` holds, or -1. */
  find(key: number, fits: (row: number) => boolean): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let at = placeOf(key) & mask; ; at = (at + 1) & mask) {
      const taken = slots[at] as number; // within the mask
      if (taken === 0) return -1;
      if (fits(taken - 1)) return taken - 1;
    }
  }

  #put(row: number): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let at = placeOf(this.#keyOf(row)) & mask;
    while (slots[at] !== 0) at = (at + 1) & mask;
    slots[at] = row + 1;
  }

  #grow(): void {
    const before = this.#slots;
    this.#slots = new Uint32Array(before.length * 2);
    for (const taken of before) if (taken !== 0) this.#put(taken - 1);
  }
}

/** Keys in a row end up far from each other. */
const placeOf = (key: number): number => {
  const mixed = Math.imul(key ^ (key / 2 ** 32), 0x9e3779b1);
  return (mixed ^ (mixed >>> 15)) >>> 0;
};
