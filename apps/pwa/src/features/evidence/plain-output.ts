/** What commands print beside text: colours, cursor moves, titles of windows. */
const sequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** How much of an output is shown. */
export type OutputPart = {
  readonly text: string;
  /** Bytes before the shown part; 0 when all of it is there. */
  readonly leftOut: number;
};

const mostBytes = 64_000;

/**
 * The end of what a command printed, where its failures stand, without the sequences of a terminal. It begins at a line, or within one that alone is
 * longer than what is shown.
 */
export const plainOutput = (bytes: Uint8Array, most: number = mostBytes): OutputPart => {
  const from = Math.max(0, bytes.length - most);
  const newline = from === 0 ? -1 : bytes.indexOf(0x0a, from);
  const start = newline < 0 || newline === bytes.length - 1 ? from : newline + 1;
  const text = new TextDecoder().decode(bytes.subarray(from === 0 ? 0 : start));
  return {
    text: text.replace(sequences, '').replace(/\r\n/g, '\n'),
    leftOut: from === 0 ? 0 : start,
  };
};
