import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseScenario, startModelServer } from '@hive/model-server';
import type { ApprovalSummary, Desk } from '@hive/events';
import { afterEach, expect, test } from 'vitest';
import { makeHome, until, type Home } from './hive.ts';

const library = {
  'sum.js': 'export const sum = (a, b) => a - b;\n',
  'check.js': "import { sum } from './sum.js';\nif (sum(2, 1) !== 3) throw new Error('2 + 1 is not 3');\n",
  'package.json': '{ "type": "module" }\n',
};
const note = 'sum.js:1\n> return b + a\nPut the first argument first.';
const edit = (text: string) => ({
  toolCalls: [{ name: 'edit', input: { path: 'sum.js', old_text: 'a - b', new_text: text } }],
});

/** A double whose change is right, and another one when its prompt holds what a person wrote. */
const scenario = parseScenario({
  name: 'hears-notes',
  models: [{ name: 'double:1m', contextTokens: 32_768 }],
  rules: [
    {
      contains: 'You plan a change',
      reply: { json: { version: 1, tasks: [{ key: 'sum', title: 'Add instead of subtract', paths: ['sum.js'] }] } },
    },
    { contains: 'Changed sum.js', reply: { toolCalls: [{ name: 'finish', input: { summary: 'Fix sum' } }] } },
    { contains: 'Put the first argument first.', reply: edit('a + b') },
    { contains: 'You write one change', reply: edit('b + a') },
  ],
});

let home: Home | undefined;
let server: Awaited<ReturnType<typeof startModelServer>> | undefined;
afterEach(async () => {
  await home?.remove();
  await server?.stop();
});

const requestOf = async (desk: Desk, workflow: string, not: string | null): Promise<ApprovalSummary> => {
  const open = async () => (await desk.approvals({ workflow })).items.find(({ id }) => id !== not);
  await until('a person is asked', async () => (await open()) !== undefined);
  const request = await open();
  if (!request) throw new Error('nobody is asked');
  return request;
};

test('a change that a person sends back with a note is written anew by its author, and the old one is never merged', async () => {
  server = await startModelServer({ scenario });
  home = await makeHome({ OLLAMA_HOST: server.url });
  await mkdir(home.home, { recursive: true });
  const rules = { policies: { approvals: { protected: ['hive/*'] } }, sandbox: { allowUnsandboxed: true } };
  await writeFile(join(home.home, 'hive.yaml'), JSON.stringify({ hive: { ...rules, disk: { floorGb: 0 } } }));
  const repo = await home.repo(library);
  const building = await home.up();
  const desk = await home.desk();
  const { id } = await desk.submit({ goal: 'Fix sum', repo, checks: ['node check.js'], model: 'ollama:double:1m' });
  const first = await requestOf(desk, id, null);
  const [before] = (await desk.workflow(id)).tasks;
  expect(before).toMatchObject({ status: 'waiting', evidence: { redBefore: 'red', greenAfter: true } });

  const returned = await desk.retry(before?.id ?? '', { note });
  expect(returned.note).toBe(note);
  const second = await requestOf(desk, id, first.id);
  const [after] = (await desk.workflow(id)).tasks;
  expect(after?.commit).not.toBe(before?.commit);
  expect((await desk.approval(first.id)).state).toBe('expired');
  const stale = desk.decide(first.id, { decision: 'approve', actionHash: first.actionHash });
  await expect(stale).rejects.toMatchObject({ code: 'approval.changed' });

  await desk.decide(second.id, { decision: 'approve', actionHash: second.actionHash });
  await until('it is merged', async () => (await desk.workflow(id)).settledAt !== null);
  const result = await desk.workflow(id);
  expect(result).toMatchObject({ status: 'completed', merged: 1 });
  expect(await home.git(repo, 'show', `${result.branch ?? ''}:sum.js`)).toContain('=> a + b');
  const events = await desk.trace(id);
  expect(events.filter(({ type }) => type === 'task.returned').map(({ data }) => data)).toEqual([
    expect.objectContaining({ note }),
  ]);
  const merged = events.filter((event) => event.type === 'merge.intended');
  expect(merged.map(({ data }) => data.evidence.head)).toEqual([after?.evidence?.head]);
  await building.stop();
});
