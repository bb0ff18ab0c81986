import { maskOf, type Claimed, type RingMask, type Start, type Store, type WriteResult } from '@hive/core-db';
import type { Step } from '@hive/events';
import { expect, test } from 'vitest';
import { createHandOver } from './hand-over.ts';
import { machine } from './surroundings.ts';

/** A store whose writes end when the test says so, and what is heard here and elsewhere. */
const place = () => {
  const written = Promise.withResolvers<WriteResult>();
  const heard: string[] = [];
  const mask = (about: RingMask | undefined) => `${String(about)}`;
  const store = {
    write: () => written.promise,
    ring: (about?: RingMask) => void heard.push(`rung ${mask(about)}`),
  } as unknown as Store; // nothing else of it is used
  const handOver = createHandOver(store, machine, (about) => void heard.push(`offered ${mask(about)}`));
  return { written, heard, handOver };
};

const start = (id: string, kind: Step) => ({ step: { id, kind } }) as Start;
const won = (id: string) => ({ step: { id } }) as Claimed;
const said = (verb: string, ...kinds: Step[]) => `${verb} ${maskOf(kinds)}`;

test('steps are offered here before they are committed, and others are woken when they are', async () => {
  const { written, heard, handOver } = place();
  const started = handOver.start([start('one', 'work'), start('two', 'check')]);
  expect(heard).toEqual([said('offered', 'work', 'check')]);
  written.resolve({ status: 'written' });
  expect(await started).toBe(true);
  expect(heard).toEqual([said('offered', 'work', 'check'), said('rung', 'work', 'check')]);
});

test('nobody is woken for what was won here in the meantime', async () => {
  const { written, heard, handOver } = place();
  const started = handOver.start([start('one', 'work'), start('two', 'check')]);
  const answer = Promise.withResolvers<readonly Claimed[]>();
  const claimed = handOver.claim(() => answer.promise);
  written.resolve({ status: 'written' });
  await started;
  answer.resolve([won('one'), won('older')]);
  expect(await claimed).toEqual([won('one'), won('older')]);
  await expect.poll(() => heard.at(-1)).toBe(said('rung', 'check'));
});

test('what was refused or broke off wakes nobody', async () => {
  const refused = place();
  const started = refused.handOver.start([start('one', 'work')]);
  refused.written.resolve({ status: 'version', which: 'task/one' });
  expect(await started).toBe(false);
  const broken = place();
  const failing = broken.handOver.start([start('one', 'work')]);
  broken.written.reject(new Error('away'));
  await expect(failing).rejects.toThrow('away');
  await expect(broken.handOver.claim(() => Promise.reject(new Error('away')))).rejects.toThrow('away');
  for (const { heard } of [refused, broken]) expect(heard).toEqual([said('offered', 'work')]);
});
