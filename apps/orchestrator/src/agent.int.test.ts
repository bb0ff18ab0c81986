import { openHouse, type House } from '@hive/agent-kit/testing';
import { createArtefacts } from '@hive/core-db';
import { createDesk } from '@hive/front-desk';
import { makeRepo, patch } from '@hive/front-desk/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import orchestrator from './agent.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const deskOf = ({ bus, config }: House) => createDesk({ bus, artefacts: createArtefacts(config.home), config });

test('a step that was put into the queue in the moment of a pause is taken out of it, and put back at the resume', async () => {
  const [taskId = ''] = await house.begin({ repo: '/repo', base: '1'.repeat(40) }, { key: 'a' });
  const desk = deskOf(house);
  await desk.pause('last');
  const stateOf = async () => (await house.store.steps({ taskId, limit: 1 }))[0]?.state;
  // Whoever enqueues here has not looked whether the workflow is paused.
  await house.enqueue(taskId, 'work');
  expect(await stateOf()).toBe('ready');
  await house.start(orchestrator);
  await expect.poll(stateOf).toBe('paused');
  await desk.resume('last');
  await expect.poll(stateOf).toBe('ready');
  expect(await house.broken()).toEqual([]);
});

test('two queens fire a moment once', async () => {
  const desk = deskOf(house);
  const request = { goal: 'Later', repo: makeRepo().dir, checks: ['true'], patch };
  const { id } = await desk.schedule({ request, at: new Date(Date.now() + 1500).toISOString() });
  await house.start(orchestrator, 'one');
  await house.start(orchestrator, 'two');
  await expect.poll(async () => (await desk.scheduled(id)).state).toBe('done');
  const { last } = await desk.scheduled(id);
  expect((await desk.workflows()).items.map((it) => it.id)).toEqual([last?.workflowId]);
  expect((await house.events(`schedule/${id}`)).map((event) => event.type)).toEqual([
    'schedule.created',
    'schedule.fired',
  ]);
  expect(await house.broken()).toEqual([]);
});
