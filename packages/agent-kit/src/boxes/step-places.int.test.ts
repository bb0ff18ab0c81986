import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { streams, type NewEvent } from '@hive/events';
import { afterEach, expect, onTestFinished, test } from 'vitest';
import { defineAgent, type Context, type StepInHand } from '../agent.ts';
import { openHouse, type House } from '../testing/index.ts';
import { stepPlaces } from './step-places.ts';
import { takeBox } from './take-box.ts';

let house: House | undefined;
afterEach(() => house?.close());

const request = { system: [], messages: [{ role: 'user', parts: [{ text: 'Do it' }] }], maxTokens: 50 } as const;

/** As much of Ollama as a probe asks for. */
const startBox = async (): Promise<string> => {
  const answer = { version: '0.1.0', models: [{ name: 'coder:7b', digest: 'c', size: 5e9 }], capabilities: [] };
  const server = createServer((_, response) => response.end(JSON.stringify(answer))).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`; // of TCP
};

const openWithBoxes = async (names: readonly string[]): Promise<House> => {
  const lines: string[] = [];
  for (const name of names) lines.push(`${name}: { endpoint: "${await startBox()}" }`);
  house = await openHouse({ yaml: `hive: { disk: { floorGb: 0 }, agents: { ${lines.join(', ')} } }` });
  return house;
};

const refused = (taskId: string, step: StepInHand): NewEvent => ({
  type: 'task.refused',
  stream: streams.task(taskId),
  data: { taskId, ...step.mark, code: 'patch.empty', reason: '' },
});

test('agents that do not know each other never send a box more calls than it takes', async () => {
  const { begin, start, enqueue, events, bus } = await openWithBoxes(['ash', 'elm']);
  const running = new Map<string, number>();
  const used: string[] = [];
  let most = 0;
  const work = async (step: StepInHand, ctx: Context): Promise<NewEvent[]> => {
    const taskId = step.task?.id ?? '';
    const { place } = await takeBox([{ model: 'coder:7b' }], { request, role: 'worker', callId: taskId }, step, ctx);
    const now = (running.get(place.box) ?? 0) + 1;
    running.set(place.box, now);
    most = Math.max(most, now);
    used.push(place.box);
    await pause(20); // the call
    running.set(place.box, now - 1);
    await place.end({});
    return [refused(taskId, step)];
  };
  const tasks = await begin({ repo: '/nowhere', base: '1'.repeat(40) }, ...Array.from({ length: 8 }, () => ({})));
  for (const name of ['worker-1', 'worker-2'])
    await start(defineAgent({ name: 'worker', concurrency: 4, steps: { work } }), name);
  for (const task of tasks) await enqueue(task, 'work');
  const ended = async (task: string) => (await events(streams.task(task))).at(-1)?.type;
  await expect.poll(() => Promise.all(tasks.map(ended))).toEqual(tasks.map(() => 'task.refused'));
  expect({ most, used: used.length, boxes: new Set(used) }).toEqual({
    most: 1,
    used: 8,
    boxes: new Set(['ash', 'elm']),
  });
  expect((await stepPlaces(bus, null).read()).placed).toEqual([]);
  expect(await house?.broken()).toEqual([]);
});

test('a place is gone with its claim', async () => {
  const { begin, start, enqueue, bus, tell } = await openWithBoxes(['ash']);
  const places = stepPlaces(bus, null);
  const over = Promise.withResolvers<void>();
  const work = async (step: StepInHand, ctx: Context): Promise<NewEvent[]> => {
    await takeBox([{ model: 'coder:7b' }], { request, role: 'worker', callId: 'mine' }, step, ctx);
    await over.promise;
    return [refused(step.task?.id ?? '', step)];
  };
  const [taskId = ''] = await begin({ repo: '/nowhere', base: '1'.repeat(40) }, {});
  await start(defineAgent({ name: 'worker', steps: { work } }));
  await enqueue(taskId, 'work');
  await expect.poll(async () => (await places.read()).placed.map((it) => it.state)).toEqual(['runs']);
  await tell(taskId, { type: 'task.cancelled', stream: streams.task(taskId), data: { taskId } });
  expect((await places.read()).placed).toEqual([]);
  over.resolve();
});
