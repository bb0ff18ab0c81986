import { endOf } from '@hive/errors';

/** Collects output of any length in at most so many bytes: the beginning and the end. `add` answers how many came so far. */
export const createOutput = (limit: number) => {
  const half = Math.max(1, Math.floor(limit / 2));
  const head: Buffer[] = [];
  const end: Buffer[] = [];
  let headBytes = 0;
  let endBytes = 0;
  let cut = 0;
  let all = 0;
  const add = (chunk: Buffer): number => {
    all += chunk.length;
    const room = Math.max(0, half - headBytes);
    const first = chunk.subarray(0, room);
    if (first.length > 0) {
      head.push(first);
      headBytes += first.length;
    }
    const rest = chunk.subarray(room);
    if (rest.length === 0) return all;
    end.push(rest);
    endBytes += rest.length;
    while (endBytes - (end[0]?.length ?? 0) >= half) {
      const dropped = end.shift()?.length ?? 0;
      endBytes -= dropped;
      cut += dropped;
    }
    return all;
  };
  const bytes = (): Buffer =>
    Buffer.concat([...head, ...(cut > 0 ? [Buffer.from(`\n[${cut} bytes left out by Hive]\n`)] : []), ...end]);
  return { add, bytes };
};

/** Text that a terminal or screen may show: no escape sequences, control or bidi characters. */
export const cleaned = (text: string): string =>
  text
    // CSI and OSC sequences, then what is left of control and bidi characters.
    .replace(/\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]/g, '')
    .replace(/\r\n?/g, '\n')
    .replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '');

/** The last lines for people: at most 40, and 3,500 characters. */
export const lastLines = (text: string): string => endOf(text.trimEnd().split('\n').slice(-40).join('\n'), 3500);

/** {@link lastLines} of raw output, {@link cleaned}. */
export const tailOf = (bytes: Buffer): string => lastLines(cleaned(bytes.subarray(-64 * 1024).toString('utf8')));
