import { failpoints } from '@hive/failpoints';
import { expect, test } from 'vitest';
import { lastHitOf, places, placesWithModel, processesOf, roleOf, type Role } from './places.ts';
import { everyStrike, pauses, randomStrikes, type Strike } from './strike.ts';

const take = (strikes: IteratorObject<Strike, unknown>, count: number): Strike[] => strikes.take(count).toArray();

test('the same seed strikes the same processes at the same places, another one does not', () => {
  expect(take(randomStrikes(7), 200)).toEqual(take(randomStrikes(7), 200));
  expect(take(randomStrikes(7), 200)).not.toEqual(take(randomStrikes(8), 200));
});

test('random strikes come to every kind of process, and wait for no hit that takes too long', () => {
  const strikes = take(randomStrikes(1), 500);
  expect(new Set(strikes.map(({ process }) => roleOf(process)))).toEqual(new Set(Object.keys(processesOf)));
  for (const { process, name, hit } of strikes) {
    expect(places[roleOf(process)]).toContain(name);
    expect(hit).toBeLessThanOrEqual(lastHitOf(roleOf(process), name));
  }
});

test('a whole round strikes every place of every kind of process', () => {
  const struck = new Set(
    take(everyStrike({ withModel: true }), 120).map(({ process, name }) => `${roleOf(process)} ${name}`),
  );
  for (const role of Object.keys(places) as Role[])
    for (const name of [...places[role], ...(placesWithModel[role] ?? [])]) expect(struck).toContain(`${role} ${name}`);
});

test('every failpoint is somewhere to be struck', () => {
  const struck = new Set(take(everyStrike({ withModel: true }), 120).map(({ name }) => name));
  expect([...struck].toSorted()).toEqual(Object.keys(failpoints).toSorted());
});

test('only workers sleep', () => {
  for (const { process, how } of take(pauses(), 50)) expect([roleOf(process), how]).toEqual(['worker', 'pause']);
});
