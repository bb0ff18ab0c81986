import { expect, test } from 'vitest';
import { mayStart } from './may-start.ts';
import type { Placed } from './pool-state.ts';
import { aBox, aModel, aPlace } from './testing.ts';

/** A box with room for one of two models at a time; `c` is in its memory. */
const box = (maxInFlight = 1) =>
  aBox('a', { maxInFlight, models: [aModel(), aModel({ name: 'other:30b', digest: 'o' })] });
const now = 0;
const started = (placed: readonly Placed[], slots = 1, at = now) =>
  mayStart(box(slots), placed, at).map((it) => it.callId);
const other = (callId: string, over: Partial<Placed> = {}) => aPlace(callId, { digest: 'o', ...over });
const running = (callId: string, over: Partial<Placed> = {}) =>
  aPlace(callId, { state: 'runs', startedAt: -500, ...over });

test('as many calls are sent as the box takes, the oldest first', () => {
  const waiting = [aPlace('young', { since: -1 }), aPlace('old', { since: -9 })];
  expect(started(waiting)).toEqual(['old']);
  expect(started(waiting, 2)).toEqual(['old', 'young']);
  expect(started([...waiting, running('x')], 2)).toEqual(['old']);
  expect(started([...waiting, running('x')])).toEqual([]);
});

test('a call of the loaded model passes an older one that needs another', () => {
  expect(started([other('old', { since: -9000 }), aPlace('young')])).toEqual(['young']);
});

test('but not for longer than a minute, nor more than four of them', () => {
  expect(started([other('old', { since: -60_000 }), aPlace('young')])).toEqual(['old']);
  const passed = ['p', 'q', 'r', 's'].map((id) => aPlace(id, { state: 'holds', until: -1, startedAt: -500 }));
  expect(started([other('old', { since: -9000 }), aPlace('young'), ...passed.slice(1)])).toEqual(['young']);
  expect(started([other('old', { since: -9000 }), aPlace('young'), ...passed])).toEqual(['old']);
});

test('a model that runs, or that an agent comes back to, is not thrown out', () => {
  expect(started([other('o'), running('x')], 2)).toEqual([]);
  const held = aPlace('x', { state: 'holds', until: 5000 });
  expect(started([other('o'), held])).toEqual([]);
  expect(started([other('o'), held], 1, 5001)).toEqual(['o']);
});

test('once it is the turn of another model, nobody joins the one that runs', () => {
  expect(started([other('old', { since: -60_000 }), aPlace('young'), running('x')], 2)).toEqual([]);
});
