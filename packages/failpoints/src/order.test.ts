import { expect, test } from 'vitest';
import { failpoints } from './names.ts';
import { formatOrder, parseOrders } from './order.ts';

test('orders are read as they are written', () => {
  const text = 'merge.ref.moved=kill@2;claim.committed=stop@1;submit.open=delay:250@3';
  expect(parseOrders(text).map(formatOrder).join(';')).toBe(text);
});

test('without a hit the first is meant, and empty parts are nothing', () => {
  expect(parseOrders(' claim.before=hang ; ')).toEqual([{ name: 'claim.before', action: { kind: 'hang' }, hit: 1 }]);
});

test.each([
  ['claim.befor=kill', 'there is no such failpoint'],
  ['claim.before=shout', 'an action is'],
  ['claim.before=kill:3', 'an action is'],
  ['claim.before=delay', 'a delay is written as'],
  ['claim.before=kill@0', 'counted from 1'],
  ['claim.before', 'there is no such failpoint'],
  ['toString=kill', 'there is no such failpoint'],
])('%s is refused in a sentence that names it', (text, why) => {
  expect(() => parseOrders(`merge.intent=kill;${text}`)).toThrow(why);
  expect(() => parseOrders(text)).toThrow(`"${text}"`);
});

test('each name says who is there and what is true', () => {
  for (const [name, sentence] of Object.entries(failpoints)) {
    expect(name).toMatch(/^[a-z]+(\.[a-z]+){1,2}$/);
    expect(sentence).toMatch(/^[a-z ]+: .+; .+/);
  }
});
