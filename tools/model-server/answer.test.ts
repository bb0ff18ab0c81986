import { join } from 'node:path';
import { expect, test } from 'vitest';
import { answerOf, pieces } from './answer.ts';
import { readScenario, type Fault, type Reply } from './scenario.ts';

const textOf = (reply: Reply, fault?: Fault) =>
  answerOf(reply, { model: 'm', counted: { input: 0 }, n: 1, fault }).text.join('');

test('a text is sent in pieces that never split a character', () => {
  expect(pieces('a🐝b🐝', 2)).toEqual(['a🐝', 'b🐝']);
  expect(pieces('', 3)).toEqual([]);
  expect(pieces('ab', 9)).toEqual(['a', 'b']);
});

test('bad content: half a JSON, prose, nothing', () => {
  const reply = { json: { version: 1 } };
  expect(textOf(reply)).toBe('{"version":1}');
  expect(textOf(reply, { kind: 'half_json' })).toBe('{"versi');
  expect(textOf(reply, { kind: 'prose' })).toMatch(/^Sure!/);
  expect(textOf(reply, { kind: 'empty' })).toBe('');
});

test('the example beside this file is a scenario', () => {
  expect(readScenario(join(import.meta.dirname, 'example.json')).name).toBe('example');
});
