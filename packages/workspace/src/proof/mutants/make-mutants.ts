import { languageOf } from './language.ts';
import { mask } from './mask.ts';
import { mistakesIn } from './mistakes.ts';

/** A file with one small mistake in one line. */
export type Mutant = { readonly path: string; readonly line: number; readonly what: string; readonly text: string };

/** The mutants of these lines (from 1) of a file, for each line the likeliest to be noticed first. Empty for a language that is not known. */
export const makeMutants = (path: string, text: string, lines: readonly number[]): Mutant[][] => {
  const language = languageOf(path);
  if (!language) return [];
  const masked = mask(text, language).split('\n');
  const original = text.split('\n');
  const depths = depthsOf(masked);
  return lines.flatMap((line) => {
    const code = original[line - 1];
    const seen = masked[line - 1];
    if (code === undefined || seen === undefined || seen.trim() === '') return [];
    const isStatement = depths[line - 1] === 0 && !masked[line - 2]?.trimEnd().endsWith('\\');
    const before = masked.slice(Math.max(0, line - 5), line - 1).join('\n');
    const [next = '', after = ''] = masked.slice(line, line + 2).map((text) => text.trim());
    const mistakes = mistakesIn({ code, seen, isStatement, before, next, after }, language);
    return [
      mistakes.map(({ to, what }) => ({ path, line, what, text: original.toSpliced(line - 1, 1, to).join('\n') })),
    ];
  });
};

/** How many parentheses and brackets are open where each line begins. */
const depthsOf = (masked: readonly string[]): number[] => {
  let depth = 0;
  return masked.map((line) => {
    const before = depth;
    for (const char of line) depth += '(['.includes(char) ? 1 : ')]'.includes(char) ? -1 : 0;
    return before;
  });
};

/**
 * An order in which what is tried first is spread over all lines: each line has its first mutant before any has its second, and lines that follow
 * each other in time are far apart in the text.
 */
export const spread = (byLine: readonly (readonly Mutant[])[]): Mutant[] => {
  const golden = (Math.sqrt(5) - 1) / 2;
  const order = byLine
    .map((mutants, index) => ({ mutants, at: ((index + 1) * golden) % 1 }))
    .sort((a, b) => a.at - b.at)
    .map(({ mutants }) => mutants);
  const rounds = Math.max(0, ...order.map((mutants) => mutants.length));
  return Array.from({ length: rounds }, (_, round) => order.flatMap((mutants) => mutants[round] ?? [])).flat();
};
