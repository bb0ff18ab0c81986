import { errorTypes, stepsOfColumns, traceColumns, traceRow, type HiveEvent, type TraceColumns } from '@hive/events';
import { BarRules } from './bar-rules.ts';
import { PositionIndex } from './position-index.ts';
import { isErrorFlag, isTaskFlag } from './row-facts.ts';
import { RowIndex } from './row-index.ts';
import { SubjectBars, doesNothing, longer, none } from './subject-bars.ts';

const hexAt = (part: IdPart, row: number): string =>
  part.hex.slice(32 * (row - part.from), 32 * (row - part.from) + 32);
type IdPart = { readonly from: number; readonly hex: string };

/**
 * A trace as it is drawn: one place in typed arrays for each event and no object. It only grows; what it knows already changes nothing, and the
 * order in which parts come does not matter. Below an event lies what it caused, in the order of positions; a chain about one subject stays on one
 * level below its first event (its head). A row whose cause has not come yet waits, unseen.
 */
export class TraceStore {
  /** The whole id; empty until something came. */
  correlationId = '';
  rows = 0;
  /** Of a row: beginning and end in ms since 1970 (the same for a moment), and its address in the log. */
  start = new Float64Array(1024);
  at = new Float64Array(1024);
  position = new Float64Array(1024);
  /** Numbers of texts in `strings`. */
  type = new Uint32Array(1024);
  actor = new Uint32Array(1024);
  subject = new Uint32Array(1024);
  words = new Uint32Array(1024);
  step = new Uint8Array(1024);
  flags = new Uint8Array(1024);
  /** The event that caused it, and the row under which it is drawn; `none` for a root. */
  cause = new Uint32Array(1024).fill(none);
  parent = new Uint32Array(1024).fill(none);
  depth = new Uint16Array(1024);
  firstChild = new Uint32Array(1024).fill(none);
  lastChild = new Uint32Array(1024).fill(none);
  nextSibling = new Uint32Array(1024).fill(none);
  children = new Uint32Array(1024);
  /** The first row of the chain that it belongs to; itself for a head. */
  head = new Uint32Array(1024).fill(none);
  /** How many errors lie below it, at any depth. */
  errorsBelow = new Uint32Array(1024);

  readonly strings: string[] = [];
  readonly bars = new SubjectBars();
  firstRoot = none;
  lastRoot = none;
  /** How many events count as errors: the same as in the list of traces. */
  errors = 0;
  /** The moments of the first and the last event. */
  firstAt = Infinity;
  lastAt = -Infinity;
  /** How many rows still wait for their cause. */
  unplaced = 0;
  /** Grows with each change. */
  version = 0;

  readonly #numbers = new Map<string, number>();
  readonly #byPosition = new PositionIndex((row) => this.position[row] as number);
  readonly #byId = new RowIndex((row) => parseInt(this.#hex(row).slice(24), 16));
  readonly #idParts: IdPart[] = [];
  readonly #waiting = new Map<number, number[]>();
  readonly #rules = new BarRules();

  /** Adds the rows of a part that are not there yet. Answers how many that were. */
  apply(columns: TraceColumns): number {
    this.correlationId ||= columns.correlationId;
    const { positions, times, types, actors, subjects, words, steps, took, causes } = columns;
    const numbers = columns.strings.map((text) => this.#numberFor(text));
    const counted = columns.strings.map((text) => errorTypes.includes(text));
    const before = this.rows;
    this.#reserve(before + positions.length);
    const { start: starts, at: moments, position: places, type, actor, subject, words: said, step, flags } = this;
    /** The ids of the rows that are added, once one was left out; null: all of them are. */
    let hex: string[] | null = null;
    let [position, at] = [0, 0];
    for (let i = 0; i < positions.length; i += 1) {
      position += positions[i] ?? 0;
      at += times[i] ?? 0;
      if (position <= this.#byPosition.last && this.#byPosition.find(position) >= 0) {
        hex ??= [columns.ids.slice(0, 32 * i)];
        continue;
      }
      const row = this.rows++;
      hex?.push(columns.ids.slice(32 * i, 32 * i + 32));
      starts[row] = at - (took[i] ?? 0);
      moments[row] = at;
      places[row] = position;
      type[row] = numbers[types[i] ?? -1] ?? 0;
      actor[row] = numbers[actors[i] ?? -1] ?? 0;
      const about = (subject[row] = numbers[subjects[i] ?? -1] ?? 0);
      said[row] = numbers[words[i] ?? -1] ?? 0;
      step[row] = steps[i] ?? 0;
      const bits = (flags[row] = columns.flags[i] ?? 0);
      this.#byPosition.add(row);
      if (at < this.firstAt) this.firstAt = at;
      if (at > this.lastAt) this.lastAt = at;
      if (counted[types[i] ?? -1]) this.errors += 1;
      if (bits & 4) this.bars.markModel(about);
      this.#foldBar(row);
      const distance = causes[i] ?? 0;
      this.#place(row, distance === 0 ? null : position - distance);
    }
    if (this.rows > before) {
      this.#idParts.push({ from: before, hex: hex === null ? columns.ids : hex.join('') });
      this.version += 1;
    }
    return this.rows - before;
  }

  /** The same for events as they come live, which are of this trace. */
  applyLive(events: readonly HiveEvent[]): number {
    const rows = events.map(traceRow).sort((a, b) => a.position - b.position);
    const positionOf = (id: string) => {
      const row = this.rowOf(id);
      return row < 0 ? undefined : this.position[row];
    };
    return this.apply(traceColumns(events[0]?.correlationId ?? '', rows, { next: null, positionOf }));
  }

  /** The row of an event by its whole id; -1 when it is not here. */
  rowOf(id: string): number {
    const hex = id.replaceAll('-', '');
    if (hex.length !== 32) return -1;
    this.indexIds();
    return this.#byId.find(parseInt(hex.slice(24), 16), (row) => this.#hex(row) === hex);
  }

  /** Makes up to so many more rows known by their ids. Most traces are never asked, so it is done when one is. Answers whether all are. */
  indexIds(most = Infinity): boolean {
    const end = Math.min(this.rows, this.#byId.size + most);
    while (this.#byId.size < end) this.#byId.add(this.#byId.size);
    return end === this.rows;
  }

  idOf(row: number): string {
    const hex = this.#hex(row);
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
  }

  /** What a row says, as it was recorded: hostile text. */
  textOf(column: 'type' | 'actor' | 'subject' | 'words', row: number): string {
    return this.strings[this[column][row] ?? -1] ?? '';
  }

  /** The number of a text in `strings`; -1 when no row says it. */
  numberOf(text: string): number {
    return this.#numbers.get(text) ?? -1;
  }

  stepOf(row: number): string | null {
    return stepsOfColumns[(this.step[row] ?? 0) - 1] ?? null;
  }

  isHead(row: number): boolean {
    return this.head[row] === row;
  }

  isError(row: number): boolean {
    return ((this.flags[row] ?? 0) & isErrorFlag) !== 0;
  }

  /** The rows that an event caused, in the order of positions. */
  effectsOf(row: number): number[] {
    const found: number[] = [];
    // They lie below its parent where they go on with its chain, and below itself otherwise.
    for (const above of new Set([row, this.head[row] ?? none])) {
      let at = above === none ? none : (this.firstChild[above] as number);
      for (; at !== none; at = this.nextSibling[at] as number) if (this.cause[at] === row) found.push(at);
    }
    return found.sort((a, b) => (this.position[a] ?? 0) - (this.position[b] ?? 0));
  }

  /** Draws what still waits for a cause as roots: nothing more is to come, so that the cause is not of this trace. */
  placeRest(): void {
    const orphans = [...this.#waiting].filter(([causeAt]) => this.#byPosition.find(causeAt) < 0);
    for (const [causeAt, rows] of orphans) {
      this.#waiting.delete(causeAt);
      this.unplaced -= rows.length;
      for (const row of rows) this.#attach(row, none);
    }
    if (orphans.length > 0) this.version += 1;
  }

  #place(row: number, causeAt: number | null): void {
    const cause = causeAt === null ? -1 : this.#byPosition.find(causeAt);
    if (causeAt === null) this.#attach(row, none);
    else if (cause >= 0 && this.head[cause] !== none) this.#attach(row, cause);
    else {
      this.unplaced += 1;
      const others = this.#waiting.get(causeAt);
      if (others) others.push(row);
      else this.#waiting.set(causeAt, [row]);
    }
  }

  /** Places a row below its cause, and then whatever waited for it. */
  #attach(row: number, cause: number): void {
    if (this.#waiting.size === 0) return this.#link(row, cause);
    const stack: [number, number][] = [[row, cause]];
    for (let next = stack.pop(); next; next = stack.pop()) {
      this.#link(...next);
      const [placed] = next;
      const at = this.position[placed] as number;
      const waited = this.#waiting.get(at);
      if (!waited) continue;
      this.#waiting.delete(at);
      this.unplaced -= waited.length;
      for (const it of waited) stack.push([it, placed]);
    }
  }

  #link(row: number, cause: number): void {
    const follows = cause !== none && this.subject[cause] === this.subject[row];
    const parent = follows ? (this.head[cause] as number) : cause;
    this.cause[row] = cause;
    this.parent[row] = parent;
    this.head[row] = follows ? parent : row;
    this.depth[row] = parent === none ? 0 : (this.depth[parent] as number) + 1;
    this.#insert(row, parent);
    if (((this.flags[row] as number) & isErrorFlag) === 0) return;
    for (let up = parent; up !== none; up = this.parent[up] as number) (this.errorsBelow[up] as number)++;
  }

  /** Among its siblings by position; nearly always the last one. */
  #insert(row: number, parent: number): void {
    const isRoot = parent === none;
    const { position, nextSibling } = this;
    const mine = position[row] as number;
    if (!isRoot) (this.children[parent] as number)++;
    let before = isRoot ? this.lastRoot : (this.lastChild[parent] as number);
    if (before !== none && (position[before] as number) >= mine) {
      before = none;
      let at = isRoot ? this.firstRoot : (this.firstChild[parent] as number);
      for (; (position[at] as number) < mine; at = nextSibling[at] as number) before = at;
    }
    const first = isRoot ? this.firstRoot : (this.firstChild[parent] as number);
    const after = before === none ? first : (nextSibling[before] as number);
    nextSibling[row] = after;
    if (before !== none) nextSibling[before] = row;
    else if (isRoot) this.firstRoot = row;
    else this.firstChild[parent] = row;
    if (after !== none) return;
    if (isRoot) this.lastRoot = row;
    else this.lastChild[parent] = row;
  }

  #foldBar(row: number): void {
    const subject = this.subject[row] as number;
    const isTask = ((this.flags[row] as number) & isTaskFlag) !== 0;
    if (!this.#rules.hasBar(subject, this.strings[subject] ?? '', isTask)) return;
    if (this.#rules.isNext(subject, this.position[row] as number)) return this.#foldOne(subject, row);
    // It came late: the bar is folded anew, in the order of the log.
    const rows: number[] = [];
    for (let other = 0; other < this.rows; other += 1) if (this.subject[other] === subject) rows.push(other);
    rows.sort((a, b) => (this.position[a] as number) - (this.position[b] as number));
    this.bars.clear(subject);
    for (const each of rows) this.#foldOne(subject, each);
  }

  #foldOne(subject: number, row: number): void {
    const type = this.type[row] as number;
    const effect = this.#rules.effect(type, this.strings[type] ?? '', this.step[row] as number);
    if (effect !== doesNothing) this.bars.fold(subject, row, { effect, at: this.at[row] as number });
  }

  #numberFor(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.strings.length);
    return this.strings.push(text) - 1;
  }

  #hex(row: number): string {
    const parts = this.#idParts;
    let [low, high] = [0, parts.length - 1];
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((parts[middle]?.from ?? 0) <= row) low = middle;
      else high = middle - 1;
    }
    const part = parts[low];
    return part ? hexAt(part, row) : '';
  }

  /** Makes room once for all rows of a part. */
  #reserve(rows: number): void {
    let size = this.at.length;
    while (size < rows) size *= 2;
    if (size === this.at.length) return;
    for (const name of ['start', 'at', 'position'] as const) this[name] = longer(this[name], new Float64Array(size));
    for (const name of ['type', 'actor', 'subject', 'words', 'children', 'errorsBelow'] as const)
      this[name] = longer(this[name], new Uint32Array(size));
    for (const name of ['cause', 'parent', 'head', 'firstChild', 'lastChild', 'nextSibling'] as const)
      this[name] = longer(this[name], new Uint32Array(size).fill(none));
    for (const name of ['step', 'flags'] as const) this[name] = longer(this[name], new Uint8Array(size));
    this.depth = longer(this.depth, new Uint16Array(size));
  }
}
