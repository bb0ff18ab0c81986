// Runs every example of README.md and docs/: a line `expression; // => value` in a block of JavaScript. Ends with 1 when one is wrong.

import { readFileSync, readdirSync } from 'node:fs';
import { isDeepStrictEqual, inspect } from 'node:util';
import * as almanac from '../src/index.js';

const root = new URL('../', import.meta.url);
const pages = [
  'README.md',
  ...readdirSync(new URL('docs/', root))
    .sort()
    .map((name) => `docs/${name}`),
];

const examplesIn = (page) => {
  const text = readFileSync(new URL(page, root), 'utf8');
  return [...text.matchAll(/^```js\n([\s\S]*?)^```$/gm)]
    .flatMap(([, block]) => block.split('\n'))
    .map((line) => /^(.+?);? \/\/ => (.+)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, expression, expected]) => ({ page, expression, expected }));
};

// The text comes from this repository's own documents, as trusted as its code.
const evaluate = (expression) =>
  new Function(...Object.keys(almanac), `return (${expression});`)(...Object.values(almanac));

const outcomeOf = (expression) => {
  try {
    return { value: evaluate(expression) };
  } catch (error) {
    return { error };
  }
};

const examples = pages.flatMap(examplesIn);
let wrong = 0;
for (const { page, expression, expected } of examples) {
  const { value, error } = outcomeOf(expression);
  if (!error && isDeepStrictEqual(value, evaluate(expected))) continue;
  wrong += 1;
  console.error(`${page}: ${expression} is ${error ?? inspect(value)}, not ${expected}`);
}
console.log(`${examples.length - wrong} of ${examples.length} examples are right`);
process.exitCode = wrong === 0 && examples.length > 0 ? 0 : 1;
