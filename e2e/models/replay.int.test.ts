import { join } from 'node:path';
import { newId } from '@hive/bus';
import { streams, type WorkflowView } from '@hive/events';
import { startModelServer } from '@hive/model-server';
import { expect, onTestFinished, test } from 'vitest';
import { openBuilding } from './building.ts';
import { loadRecording, sameRepo } from './recording-file.ts';
import { author, finish, sumScene, write } from './sum-scene.ts';

/** A building whose store holds the recorded workflow, and what `more` says. */
const withRecording = async (more: Parameters<typeof openBuilding>[0]) => {
  let recorded = '';
  const building = await openBuilding({
    ...more,
    before: async ({ folder, store, artefacts }) => {
      const repo = sameRepo(folder, sumScene.files);
      recorded = await loadRecording(join(import.meta.dirname, 'recordings/sum.jsonl'), { store, artefacts, repo });
    },
  });
  onTestFinished(() => building.close());
  return { building, recorded };
};

/** A server that nobody should ask. */
const unasked = async () => {
  const server = await startModelServer({ scenario: { name: 'nobody', rules: [] } });
  onTestFinished(() => server.stop());
  return server;
};

test('the recorded workflow replays alike under the code of today, with 0 connections and at no cost', async () => {
  const server = await unasked();
  const { building, recorded } = await withRecording({
    env: { OLLAMA_HOST: server.url, ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: 'sk-canary' },
    yaml: 'models: { planner: ["claude:x", "ollama:tiny"], worker: ["claude:x", "ollama:tiny"] }',
  });
  const { result, comparison } = await building.replay(recorded);
  // Other prompts than then? That breaks every recording: record this one anew (node e2e/models/record.ts) and say so in the changelog.
  expect(comparison.differences).toEqual([]);
  expect(comparison).toMatchObject({
    equal: true,
    then: { diff: { files: 3, added: 5, removed: 2 } },
    now: { status: 'completed', replayed: { calls: 8 }, paid: { calls: 0, tokens: 0, costUsd: 0 } },
  });
  expect(comparison.now.diff).toEqual(comparison.then.diff);
  expect(comparison.now.replayed.tokens).toBe(comparison.then.paid.tokens);
  expect(result).toMatchObject({ merged: 2, usage: { costUsd: 0, calls: 8 } });
  expect(server.connections()).toBe(0);
  expect(await building.broken()).toEqual([]);
});

test('a fork answers from the recording up to an event, asks others after it, and shows both ends', async () => {
  const oak = author('Say two', [write('other.txt', 'three\n')], [finish]);
  const { building, recorded } = await withRecording({ boxes: { oak } });
  const { desk } = building;
  const merged = (await desk.trace(recorded)).find(({ type }) => type === 'task.merged');
  const at = String(merged?.position);
  const { comparison } = await building.replay(recorded, { at, models: { worker: 'ollama:tiny@oak' } });
  expect(comparison).toMatchObject({
    equal: false,
    replay: { beyond: 'live', upTo: merged?.id },
    then: { replayed: { calls: 0 }, paid: { calls: 8 } },
    now: { status: 'completed', replayed: { calls: 6 }, paid: { calls: 2 } },
  });
  const trees = comparison.tasks.map(({ key, then, now }) => [key, then?.tree === now?.tree, now?.author]);
  expect(trees).toEqual([
    ['add', true, 'double:walnut'],
    ['say', false, 'double:oak'],
  ]);
  expect(comparison.differences.join()).toMatch(/task say: task.submitted/);
  await expect(desk.replay(recorded, { models: { worker: 'x' } })).rejects.toThrow('Say from which event');
  await expect(desk.replay(recorded, { at: '9999' })).rejects.toThrow('has no event 9999');
});

test('what was not recorded is a miss that says how it differs, and nobody is asked instead', async () => {
  const server = await unasked();
  const { building, recorded } = await withRecording({
    env: { OLLAMA_HOST: server.url },
    yaml: 'models: { planner: ["ollama:tiny"], worker: ["ollama:tiny"] }',
  });
  const stream = streams.workflow(recorded);
  const { submission } = (await building.store.heads([stream])).heads.get(stream)?.view as WorkflowView;
  const upTo = (await building.desk.trace(recorded)).at(-1)?.id ?? '';
  const workflowId = newId();
  const replay = { of: recorded, upTo, beyond: 'refuse', models: {} } as const;
  const data = { ...submission, workflowId, goal: 'Make it subtract', replay };
  await building.bus.command({
    on: null,
    correlationId: workflowId,
    events: [{ type: 'workflow.submitted', stream: streams.workflow(workflowId), data }],
  });
  const result = await building.ended(workflowId);
  expect(result).toMatchObject({ status: 'failed', code: 'model.replay_miss', usage: { calls: 0 } });
  expect(result.reason).toMatch(/the nearest differs in messages\.0\.parts/);
  expect(server.connections()).toBe(0);
});
