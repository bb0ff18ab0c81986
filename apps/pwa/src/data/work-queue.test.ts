import { expect, test } from 'vitest';
import type { SubmitRequest } from '@hive/events';
import type { KeptTexts } from './kept-texts.ts';
import type { QueuedWork } from './send-work.ts';
import { createWorkQueue } from './work-queue.ts';

const refusal = (code: string) => Object.assign(new Error(`no: ${code}`), { code });

/** A queue on texts in memory, and what reached Hive. */
const open = (answer: (key: string) => string | null) => {
  const texts = new Map<string, string>();
  const kept: KeptTexts = {
    get: (name) => Promise.resolve(texts.get(name) ?? null),
    put: (name, text) => Promise.resolve(void texts.set(name, text)),
    keepOnly: () => Promise.resolve(),
  };
  const sent: string[] = [];
  const take = <T>(key: string | undefined, made: T): Promise<T> => {
    sent.push(key ?? '');
    const code = answer(key ?? '');
    return code === null ? Promise.resolve(made) : Promise.reject(refusal(code));
  };
  const desk = {
    submit: (_: SubmitRequest, { key }: { key?: string } = {}) => take(key, { id: 'w', correlationId: 'w' }),
    schedule: (_: unknown, { key }: { key?: string } = {}) => take(key, { id: 's', next: null } as never),
  };
  const clock = { now: 1000 };
  return { queue: createWorkQueue(desk, { kept, name: crypto.randomUUID(), now: () => clock.now }), sent, clock };
};
const work = (key: string, timing: QueuedWork['timing'] = null) => ({
  key,
  request: { goal: 'g', repo: '/r' },
  timing,
});

test('what waits is sent in order under its own key, and stays while Hive is away', async () => {
  let away = true;
  const { queue, sent } = open(() => (away ? 'hive.unreachable' : null));
  await queue.add(work('a'));
  await queue.add(work('b', { at: '2030-01-31T22:00:00.000Z' }));
  expect(await queue.flush()).toBe(2);
  expect(sent).toEqual(['a']);
  away = false;
  expect(await queue.flush()).toBe(0);
  expect(sent).toEqual(['a', 'a', 'b']);
  expect(await queue.list()).toEqual([]);
});

test('what Hive refuses is kept with its reason, is not sent again, and can be taken away', async () => {
  const { queue, sent } = open((key) => (key === 'a' ? 'repo.invalid' : null));
  await queue.add(work('a'));
  await queue.add(work('b'));
  expect(await queue.flush()).toBe(0);
  await queue.flush();
  expect(sent).toEqual(['a', 'b']);
  expect((await queue.list()).map(({ key, refused }) => [key, refused?.code])).toEqual([['a', 'repo.invalid']]);
  await queue.remove('a');
  expect(await queue.list()).toEqual([]);
});

test('what waited for more than a day is not sent', async () => {
  const { queue, sent, clock } = open(() => null);
  await queue.add(work('a'));
  clock.now += 86_400_001;
  await queue.flush();
  expect([sent, (await queue.list())[0]?.refused?.code]).toEqual([[], 'input.state']);
});
