/** How many tests passed and failed, as the runner itself summed them up. */
export type TestCounts = { readonly passed: number; readonly failed: number };

// The last summary counts: node:test (TAP and spec), vitest and jest ("Tests  2 failed | 41 passed"), pytest ("2 failed, 41 passed in 0.1s").
const formats: readonly ((text: string) => TestCounts | null)[] = [
  (text) => {
    const [pass, fail] = ['pass', 'fail'].map((word) => lastNumber(text, new RegExp(`^(?:#|ℹ) ${word} (\\d+)$`, 'gm')));
    return pass === undefined || pass === null || fail === undefined || fail === null
      ? null
      : { passed: pass, failed: fail };
  },
  (text) => {
    const line = [...text.matchAll(/^\s*Tests:?\s+(.*\d+ passed.*|.*\d+ failed.*)$/gm)].at(-1)?.[1];
    return line === undefined ? null : fromWords(line);
  },
  (text) => {
    const line = [...text.matchAll(/^=*\s*((?:\d+ \w+, )*\d+ \w+) in [\d.]+s.*$/gm)].at(-1)?.[1];
    return line === undefined || !/passed|failed/.test(line) ? null : fromWords(line);
  },
];

const lastNumber = (text: string, pattern: RegExp): number | null => {
  const last = [...text.matchAll(pattern)].at(-1)?.[1];
  return last === undefined ? null : Number(last);
};

const fromWords = (line: string): TestCounts => ({
  passed: Number(/(\d+) passed/.exec(line)?.[1] ?? 0),
  failed: Number(/(\d+) (?:failed|error)/.exec(line)?.[1] ?? 0),
});

/** Reads the summary of a test run. Null when none of the known runners wrote one: nothing is guessed. */
export const testCounts = (log: string): TestCounts | null => {
  const plain = log.replace(/\u001b\[[\d;]*m/g, '');
  for (const read of formats) {
    const counts = read(plain);
    if (counts) return counts;
  }
  return null;
};
