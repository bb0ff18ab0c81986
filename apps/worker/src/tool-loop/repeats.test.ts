import type { Message } from '@hive/llm';
import { expect, test } from 'vitest';
import { repeatedCall, withWord } from './repeats.ts';
import { resultOf, type Transcript } from './transcript.ts';

type Made = readonly [name: string, input: Record<string, unknown>, kind: 'done' | 'failed', text: string];

/** The transcript of one turn after another; each is one call or several. */
const after = (...turns: (Made | readonly Made[])[]): Transcript =>
  turns.reduce<Transcript>(
    (before, turn, at) => {
      const made = (typeof turn[0] === 'string' ? [turn] : turn) as readonly Made[]; // one call begins with its name
      const toolCalls = made.map(([name, input], n) => ({ id: `t${at}_${n}`, name, input }));
      let now: Transcript = [...before, { role: 'assistant', parts: [], toolCalls }];
      for (const [n, call] of toolCalls.entries()) {
        const [, , kind, text] = made[n] ?? ['', {}, 'failed', ''];
        now = [...now, withWord(now, resultOf(call, { kind, parts: [{ text }] }))];
      }
      return now;
    },
    [{ role: 'user', parts: [{ text: 'Do it.' }] }],
  );

const edit: Made = ['edit', { path: 'a', old_text: 'x', new_text: 'y' }, 'failed', 'The text to replace is not in a'];
const red: Made = ['check', { name: 'unit' }, 'done', 'unit ended with exit 1.'];
const read: Made = ['read', { path: 'a' }, 'done', 'Lines 1 to 1'];
const wrote: Made = ['write', { path: 'a', content: 'z' }, 'done', 'Wrote a.'];
/** How many results have the word behind them. */
const words = (transcript: Transcript) =>
  transcript.filter((it: Message) => it.role === 'tool' && it.parts.length > 1).length;

test.each([
  ['a call that fails', edit],
  ['a check', red],
])(
  '%s in the same words is told at the third time and ends the work at the fourth, whatever is read in between',
  (_, call) => {
    const three = after(call, read, call, read, call);
    expect([words(three), repeatedCall(three)]).toEqual([1, null]);
    expect(three.at(-1)?.parts[1]?.text).toMatch(/three times.*do something else/);
    const four = after(call, read, call, read, call, read, call);
    expect(repeatedCall(four)).toMatchObject({ turns: 4, call: { name: call[0] } });
    expect(words(four)).toBe(1);
  },
);

test('what a change comes between, what comes out differently, and what is only read again is no repetition', () => {
  const changed = Array.from({ length: 6 }, () => [red, wrote]).flat();
  const differing = Array.from({ length: 6 }, (_, n): Made => ['check', { name: 'unit' }, 'done', `${n} are red`]);
  const reading = Array.from({ length: 6 }, () => read);
  for (const turns of [changed, differing, reading]) {
    expect(words(after(...turns))).toBe(0);
    expect(repeatedCall(after(...turns))).toBeNull();
  }
  // A change that failed is none.
  expect(repeatedCall(after(red, edit, red, wrote, red, red, red))).toBeNull();
  expect(repeatedCall(after(red, edit, red, edit, red, edit, red))).not.toBeNull();
});

test('the same several times in one reply is one mistake: nobody has said a word in between', () => {
  const five = after([edit, edit, edit, edit, edit]);
  expect([words(five), repeatedCall(five)]).toEqual([0, null]);
});
