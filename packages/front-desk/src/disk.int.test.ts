import { expect, test } from 'vitest';
import { exitCodeOfError } from './exit-code.ts';
import { makeRepo, openHouse, patch } from './testing/house.ts';

const on = async (freeBytes: number) => {
  const space = { freeBytes, totalBytes: 100e9 };
  const house = await openHouse({
    yaml: 'hive: { disk: { floorGb: 2 } }',
    means: { space: () => Promise.resolve(space) },
  });
  const { dir } = makeRepo();
  const submit = () => house.desk.submit({ goal: 'Two', repo: dir, patch, checks: ['true'], redBefore: 'not_needed' });
  return { ...house, submit };
};

test('no work is accepted on a disk that is below its floor, and health says so', async () => {
  const { desk, store, submit } = await on(1.9e9);
  const refusal = await submit().catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    code: 'infra.disk',
    message: expect.stringMatching(/^Only 1\.9 GB are free .* below 2\.0 GB .*make room/) as string,
    details: { freeBytes: 1.9e9, floorBytes: 2e9 },
  });
  expect(exitCodeOfError(refusal)).toBe(78);
  expect((await store.end()).position).toBe(0);
  expect((await desk.health()).disk?.lack).toContain('nothing new starts');
});

test('on the floor itself there is room', async () => {
  const { desk, submit } = await on(2e9);
  await expect(submit()).resolves.toHaveProperty('id');
  expect((await desk.health()).disk).toEqual({ freeBytes: 2e9, totalBytes: 100e9, floorBytes: 2e9, lack: null });
});
