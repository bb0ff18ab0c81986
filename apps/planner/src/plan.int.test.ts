import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createRepo, openHouse, type House } from '@hive/agent-kit/testing';
import { newId, record, type NewStep } from '@hive/bus';
import { Plan, streams, type NewEvent } from '@hive/events';
import {
  noiseScenario,
  noLlama,
  startEngine,
  startModelServer,
  type Engine,
  type ModelServer,
  type Rule,
} from '@hive/model-server';
import { afterEach, expect, test } from 'vitest';
import agent from './agent.ts';

let house: House;
let server: ModelServer;
let engine: Engine | undefined;
afterEach(async () => {
  await house.close();
  await server.stop();
  await engine?.stop();
  engine = undefined;
});

const yaml = `
hive:
  disk: { floorGb: 0 }
  workflows: { templates: { web: { stages: [planning, api, { pages: walnut }] } } }
  planners: { frontend: { paths: ['web/**'], prompt: Keep it usable by keyboard. } }
`;

const sample = {
  ...{ key: 'a', title: 'A', needs: [], kind: 'change', author: null, checks: [], redBefore: 'needed' },
  ...{ capabilities: [], priority: 0, timeoutS: 600 },
};

/** Hands in a goal for a repository of these files; answers how its planning ended. */
const plan = async (
  goal: string,
  rules: Rule[],
  files: Record<string, string>,
  before: () => Promise<void> = () => Promise.resolve(),
  stored?: (workflowId: string) => Promise<string>,
) => {
  const scenario = engine ? noiseScenario : { name: 'plans', models: [{ name: 'tiny' }], rules };
  server = await startModelServer({ scenario, ...(engine ? { engine } : {}) });
  house = await openHouse({ yaml, env: { OLLAMA_HOST: server.url } });
  const repo = createRepo(house.folder, files);
  const workflowId = newId();
  const stream = streams.workflow(workflowId);
  const submitted: NewEvent = {
    type: 'workflow.submitted',
    stream,
    data: {
      workflowId,
      goal,
      repo: repo.root,
      base: repo.base,
      branch: 'hive/x-00000000',
      into: null,
      checks: [{ name: 'npm test', argv: ['npm', 'test'], source: 'given' }],
      setup: null,
      source: stored ? 'file' : 'model',
      plan: stored ? await stored(workflowId) : null,
      model: null,
      localOnly: false,
      budget: null,
      redBefore: 'needed',
      passEnv: [],
      example: false,
    },
  };
  const step: NewStep = {
    id: newId(),
    kind: 'plan',
    workflowId,
    taskId: null,
    capabilities: [],
    priority: 0,
    maxAttempts: 1,
    onlyAgent: null,
    avoidAgent: null,
    because: 'test',
  };
  await house.bus.command({ on: null, correlationId: workflowId, events: [submitted] });
  await record(house.store, {
    streams: [stream],
    onRefused: 'throw',
    plan: (heads) => ({
      moves: [{ events: [], step }],
      stamp: { correlationId: workflowId, causationId: heads.get(stream)?.lastEventId ?? null, actor: 'test/house' },
    }),
  });
  await before();
  await house.start(agent);
  const ending = async () =>
    (await house.events(stream)).find(({ type }) => /plan_generated|attempt_failed/.test(type)) ?? null;
  await expect.poll(ending).not.toBeNull();
  return ending();
};
const prompts = () =>
  server.requests.filter(({ path }) => path === '/api/chat').map(({ body }) => JSON.stringify(body));
const files = { 'web/page.js': 'export {};\n', 'test_x.py': 'import unittest\n' };
const task = (key: string, more: object) => ({ key, title: key, ...more });

test('a plan that contradicts itself is repaired once, in words, and becomes tasks by the stages of its template', async () => {
  const bad = {
    version: 1,
    tasks: [task('a', { stage: 'api', needs: ['b'] }), task('b', { stage: 'pages', needs: ['a'] })],
  };
  const good = { version: 1, tasks: [task('b', { stage: 'pages' }), task('a', { stage: 'api' })] };
  const rules = [{ contains: 'does not match the schema', reply: { json: good } }, { reply: { json: bad } }];
  const ended = await plan('web: A page', rules, files);
  if (ended?.type !== 'workflow.plan_generated') throw new Error(JSON.stringify(ended));
  const made = Plan.parse(JSON.parse(Buffer.from(await house.artefacts.get(ended.data.plan)).toString()));
  const [b, a] = made.tasks;
  expect(made.tasks.map(({ key, needs }) => [key, needs])).toEqual([
    ['b', [a?.id]],
    ['a', []],
  ]);
  expect(b?.author).toBeNull();
  const [first, second] = prompts();
  expect(first).toContain('Stages, in this order: api, pages.');
  expect(first).toContain('Keep it usable by keyboard.');
  expect(first).toContain('python3 -m unittest');
  expect(second).toContain('Task a needs b, which belongs to a later stage');
  expect(second).toContain('The plan has a cycle');
  expect(await house.broken()).toEqual([]);
});

test('a planner that is killed when it has paid for a plan: the next one uses that plan', async () => {
  const killed = async () => {
    const env = {
      ...{ PATH: process.env['PATH'], HOME: house.folder, HIVE_HOME: house.config.home, OLLAMA_HOST: server.url },
      ...{ HIVE_TEST_MODE: '1', HIVE_FAILPOINTS: 'model.recorded=kill', HIVE_AGENT_NAME: 'planner' },
    };
    const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { env, stdio: 'ignore' });
    await once(child, 'exit');
    await expect.poll(() => house.bus.queue.rescue()).toBe(1);
  };
  const ended = await plan('A page', [{ reply: { json: { version: 1, tasks: [task('a', {})] } } }], files, killed);
  expect(ended).toMatchObject({ type: 'workflow.plan_generated', data: { by: 'double:plans' } });
  expect(prompts()).toHaveLength(1);
  expect(await house.broken()).toEqual([]);
});

test('a plan with a text that no event can hold is told to the model, which mends it', async () => {
  const rules = [
    { contains: 'does not match the schema', reply: { json: { version: 1, tasks: [task('a', {})] } } },
    { reply: { json: { version: 1, tasks: [task('a', { title: 'x\ud83d' })] } } },
  ];
  expect(await plan('A page', rules, files)).toMatchObject({ type: 'workflow.plan_generated' });
  expect(prompts()[1]).toContain('The plan is not valid at task a: title: it holds a NUL or half of a surrogate pair');
  expect(await house.broken()).toEqual([]);
});

test('a plan that was stored and that no event can hold fails at once, with its reason', async () => {
  const stored = async (workflowId: string) => {
    const large = { ...sample, id: workflowId, instructions: 'é'.repeat(200_000) };
    return house.artefacts.put(JSON.stringify({ version: 1, tasks: [large] }));
  };
  const ended = await plan('A page', [], files, undefined, stored);
  expect(ended).toMatchObject({ type: 'task.attempt_failed', data: { code: 'plan.invalid', final: true } });
});

test('a model that plans nonsense twice ends the step as bad output', async () => {
  const ended = await plan('A page', [{ reply: { json: { version: 1, tasks: [] } } }], files);
  expect(ended?.data).toMatchObject({ code: 'model.bad_output' });
  expect(prompts()).toHaveLength(2);
});

const missing = await noLlama();
test.skipIf(missing !== null).for(['A page', 'Less code', '🐝'])(
  '%s: what a model says at random becomes a plan, or bad output',
  async (goal) => {
    engine = await startEngine();
    const ended = await plan(goal, [], files);
    if (ended?.type === 'workflow.plan_generated') return;
    expect(ended).toMatchObject({ type: 'task.attempt_failed', data: { code: 'model.bad_output' } });
    // The grammar held: what was wrong is in the values, and the model was told so in words.
    expect(prompts()).toHaveLength(2);
    expect(prompts()[1]).toContain('This does not match the schema');
    expect(prompts()[1]).not.toContain('The answer is not JSON');
  },
);
