import { anyoneBut, onHost } from '@hive/core-db';
import { streams } from '@hive/events';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openMergeHouse, type MergeHouse } from '../testing/merge-house.ts';

vi.setConfig({ testTimeout: 120_000 });

let merging: MergeHouse;

beforeEach(async () => {
  merging = await openMergeHouse();
});
afterEach(() => merging.house.close());

test('a second opinion comes from another machine, also when the first one there was killed over it, and evidence names both', async () => {
  const [id] = await merging.beginWith({ policy: { proof: { secondOpinion: 'always', otherHost: 'require' } } }, {});
  await merging.approve(id, merging.repo.patchOf({ 'c.txt': 'two\n' }));
  // The change was checked on `here`; so is one of the reviewers, and it is asked first.
  await merging.start(() => ({ prove: () => Promise.reject(new Error('taken on the same machine')) }), 'near', 'here');
  await merging.house.enqueue(id, 'merge', { capabilities: [anyoneBut(onHost('here'))] });
  let died = 0;
  const far = await merging.start(
    () => ({
      prove: () => {
        died += 1;
        return Promise.reject(new Error('killed'));
      },
    }),
    'far-1',
    'there',
  );
  await expect.poll(() => died, { timeout: 60_000 }).toBe(1);
  await far.drain(0);
  await merging.start(undefined, 'far-2', 'there');
  await merging.ended(id, 'merged');
  const { evidence } = await merging.house.view(id);
  expect(evidence).toMatchObject({
    checkedBy: { agent: 'worker-test', host: 'here' },
    secondOpinion: { agent: 'far-2', host: 'there', agrees: true },
  });
  expect((await merging.mergeEvents()).filter((type) => type === 'completed')).toHaveLength(1);
  const claims = (await merging.house.events(streams.task(id))).flatMap((event) =>
    event.type === 'task.claimed' && event.data.step === 'merge' ? [event.data.agent] : [],
  );
  expect(new Set(claims)).toEqual(new Set(['far-1', 'far-2']));
  expect(await merging.house.broken()).toEqual([]);
});
