/** One key of a stored event: where it is, and what stands there. */
export type JsonRow = {
  /** As in JSON pointers a program would write: `data.evidence.commands[0].exit`. */
  readonly path: string;
  readonly depth: number;
  readonly key: string;
  /** What stands there in short; a list or an object says how much is in it. */
  readonly text: string;
  /** Characters of a text that are not in `text`. */
  readonly rest: number;
  readonly kind: 'text' | 'plain' | 'group';
  readonly value: unknown;
};

const mostRows = 2000;
export const mostText = 2000;

const textOf = (value: unknown): Pick<JsonRow, 'text' | 'rest' | 'kind'> => {
  if (Array.isArray(value))
    return { text: `${value.length} ${value.length === 1 ? 'entry' : 'entries'}`, rest: 0, kind: 'group' };
  if (typeof value === 'object' && value !== null) {
    const keys = Object.keys(value).length;
    return { text: `${keys} ${keys === 1 ? 'key' : 'keys'}`, rest: 0, kind: 'group' };
  }
  if (typeof value !== 'string') return { text: String(value), rest: 0, kind: 'plain' };
  return { text: value.slice(0, mostText).toWellFormed(), rest: Math.max(0, value.length - mostText), kind: 'text' };
};

/** The keys of a value in their order, each after the one that holds it; `more` says how many were too many. */
export const jsonRows = (whole: unknown): { readonly rows: readonly JsonRow[]; readonly more: number } => {
  const rows: JsonRow[] = [];
  let more = 0;
  const add = (value: unknown, path: string, depth: number): void => {
    if (typeof value !== 'object' || value === null) return;
    for (const [key, inner] of Object.entries(value)) {
      const at = Array.isArray(value) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
      if (rows.length >= mostRows) more += 1;
      else rows.push({ path: at, depth, key, value: inner, ...textOf(inner) });
      add(inner, at, depth + 1);
    }
  };
  add(whole, '', 0);
  return { rows, more };
};

/** What is copied of a row: a text as it is, everything else as JSON. */
export const copiedOf = ({ value }: Pick<JsonRow, 'value'>): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);
