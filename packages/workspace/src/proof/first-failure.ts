import { beginningOf } from '@hive/errors';

/** The first line of a check's output that says what failed, with its place when the line names one. */
export type Failure = { readonly line: string; readonly file?: string; readonly at?: number };

/** One per test runner, most specific first. The first group is what a person wants to read. */
const patterns: readonly RegExp[] = [
  /^(?:FAILED|ERROR) (\S+\.py(?:::.*)?)$/m, // pytest, short summary
  /^\s*--- FAIL: (.+)$/m, // go test
  /^test (.+) \.\.\. FAILED$/m, // cargo
  /^\s*not ok \d+ - (?!.*# (?:TODO|SKIP))(.+?)(?: # .*)?$/m, // TAP, node:test
  /^\s*✖ (?!failing tests:)(.+?)(?: \([\d.]+ ?ms\))?$/m, // node:test, spec reporter
  /^\s*● (.+)$/m, // jest
  /^ ?(?:FAIL|×|❯) +(\S+.* > .+)$/m, // vitest
  /^(?:FAIL|ERROR): (.+)$/m, // unittest
  /^(\S+\(\d+,\d+\): error .+)$/m, // tsc
  /^(\S+:\d+:(?:\d+:)? (?:fatal )?error:? .+)$/m, // compilers
  /^\s*\d+\) (.+)$/m, // mocha
  /^(?:Exception in thread "\S+" )?((?:[a-z]\w*\.)+\w*(?:Error|Exception)\b.*)$/m, // Java
  /^((?:\w*Error(?: \[\w+\])?|Exception|panic|error(?:\[E\d+\])?): .+)$/m, // an error that nobody caught
  /^(make(?:\[\d+\])?: \*\*\* (?!\[).+)$/m,
  /^npm error (?!(?:code|syscall|path|errno|workspace|location|command|Lifecycle|Test failed|A complete)\b)(?:enoent )?(.+)$/m,
];

const place = /(?<![\w/])((?:[\w.@-]+\/)*[\w.@-]+\.[A-Za-z]\w{0,9})(?:[:(]|", line )(\d+)/;

/** What make says about a command that failed beneath it, and npm about its own log: what failed is told before. */
const idle = /^(?:make(?:\[\d+\])?: (?:\*\*\* \[.*\] Error \d+|Leaving directory .*)|npm error A complete log .*)$/;

/** Looks for the first failure in cleaned output; without a known form it is the last line that says something. */
export const firstFailure = (output: string): Failure | null => {
  const match = patterns.map((pattern) => pattern.exec(output)).find((found) => found !== null);
  const lines = output.trimEnd().split('\n');
  const last = lines.findLast((line) => line.trim() !== '' && !idle.test(line)) ?? lines.at(-1) ?? '';
  const line = beginningOf((match?.[1] ?? match?.[0] ?? last).trim(), 300);
  if (line === '') return null;
  const where = place.exec(line) ?? (match ? place.exec(output.slice(match.index, match.index + 2000)) : null);
  if (!where?.[1] || where[1].includes('node_modules')) return { line };
  return { line, file: where[1], at: Number(where[2]) };
};
