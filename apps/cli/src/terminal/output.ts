import { createColour, type Colour } from './colour.ts';

/** Where a command writes. With `json`, people get nothing on stdout and programs get one document (or one object a line). */
export type Output = {
  readonly json: boolean;
  readonly colour: Colour;
  readonly isTerminal: boolean;
  readonly columns: number;
  /** Lines for people; nothing with `--json`. */
  line(...lines: readonly string[]): void;
  /** The document of `--json`; nothing for people. */
  document(value: unknown): void;
  /** One object of a stream, on a line of its own; nothing for people. */
  item(value: unknown): void;
  /** What is going on right now: replaced in place on a terminal, a plain line elsewhere; on stderr with `--json`. */
  progress(text: string): void;
  /** Remarks and warnings, on stderr. */
  note(text: string): void;
};

/** What an output needs to know of its streams. */
export type Streams = {
  readonly stdout: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>;
  readonly stderr: Pick<NodeJS.WriteStream, 'write' | 'isTTY'>;
};

const clearLine = '\r\u001b[2K';

/** The output of one command. */
export const createOutput = (
  streams: Streams,
  options: { readonly json: boolean; readonly noColour: boolean },
): Output => {
  const { stdout, stderr } = streams;
  const { json } = options;
  const isTerminal = !json && stdout.isTTY;
  const columns = stdout.columns || 120;
  let isProgressShown = false;
  const clear = () => {
    if (isProgressShown) stdout.write(clearLine);
    isProgressShown = false;
  };
  return {
    json,
    colour: createColour(isTerminal && !options.noColour),
    isTerminal,
    columns,
    line: (...lines) => {
      if (json) return;
      clear();
      for (const line of lines) stdout.write(`${line}\n`);
    },
    document: (value) => {
      if (json) stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    },
    item: (value) => {
      if (json) stdout.write(`${JSON.stringify(value)}\n`);
    },
    progress: (text) => {
      if (json) return void stderr.write(`${text}\n`);
      if (!isTerminal) return void stdout.write(`${text}\n`);
      stdout.write(`${clearLine}${text.slice(0, columns - 1)}`);
      isProgressShown = true;
    },
    note: (text) => {
      clear();
      stderr.write(`${text}\n`);
    },
  };
};
