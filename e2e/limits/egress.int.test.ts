import { createClaude } from '@hive/claude-bridge';
import { complete, type ModelRequest, type Part } from '@hive/llm';
import type { HiveConfig, Reach } from '@hive/config';
import { startModelServer } from '@hive/model-server';
import { afterEach, expect, test } from 'vitest';
// The last look before a call leaves is no part of the package's door; it is tried here as it is called there.
import { denialFor } from '../../packages/agent-kit/src/models/egress/refuse-egress.ts';
import { asker, ended, openDoubles, question, told, type Doubles } from './asking.ts';

let doubles: Doubles | undefined;
afterEach(() => doubles?.close());

/** Numbers that look like chance and are the same each time. */
const seeded = (seed: number) => () => {
  seed = (seed * 1_664_525 + 1_013_904_223) % 2 ** 32;
  return seed / 2 ** 32;
};

test('over 1,000 random policies and prompts, no byte of a file that has to stay reaches a remote double', async () => {
  const random = seeded(7);
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T;
  const folders = ['src', 'src/billing', 'src/billing/tax', 'docs', 'keys', 'a b'];
  const reaches: Reach[] = ['local', 'lan', 'any', 'none'];
  const server = await startModelServer({ scenario: { name: 'remote', rules: [{ reply: { text: 'ok' } }] } });
  // Over there: a name that is no private address, whose connection this test answers itself.
  const model = createClaude({
    apiKey: 'k',
    baseURL: 'https://models.example.org',
    model: 'sonnet',
    fetch: (url, init) =>
      fetch(String(url instanceof Request ? url.url : url).replace('https://models.example.org', server.url), init),
  });
  const kept: string[] = [];
  const sent: string[] = [];
  for (let round = 0; round < 1000; round++) {
    const rules = Array.from({ length: Math.floor(random() * 4) }, () => ({
      path: `${pick(folders)}/**`,
      to: pick(reaches),
    }));
    const fallback = pick<Reach>(['any', 'any', 'lan', 'local']);
    // An oracle of its own: the first rule whose folder the path begins with.
    const reachOf = (path: string | null): Reach =>
      rules.find((rule) => path?.startsWith(rule.path.slice(0, -2)))?.to ?? fallback;
    const parts = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, n) => {
      const path = random() < 0.2 ? null : `${pick(folders)}/file-${n}.ts`;
      return { path, text: `canary-${round}-${n}-${Math.floor(random() * 1e9)}` };
    });
    const isFree = parts.every(({ path }) => reachOf(path) === 'any');
    for (const { path, text } of parts) (reachOf(path) === 'any' && isFree ? sent : kept).push(text);
    const asParts = parts.map(({ path, text }): Part => ({
      text,
      ...(path !== null && { from: { repo: '/r', path } }),
    }));
    const half = Math.floor(asParts.length / 2);
    const request: ModelRequest = {
      system: asParts.slice(0, half),
      messages: [{ role: 'user', parts: asParts.slice(half) }],
      maxTokens: 10,
    };
    const egress: HiveConfig['egress'] = { rules, fallback, notSecrets: [] };
    const step = { workflow: { submission: { localOnly: false } } } as never;
    const denial = denialFor(model, request, step, { config: { egress } } as never);
    expect(denial === null).toBe(isFree);
    if (denial !== null) continue;
    const run = {
      signal: new AbortController().signal,
      deadline: new Date(Date.now() + 60_000),
      idleMs: 60_000,
      correlationId: 'c',
      callId: 'c',
    };
    await complete(model, request, run);
  }
  const log = JSON.stringify(server.requests);
  await server.stop();
  expect(kept.filter((text) => log.includes(text))).toEqual([]);
  expect(sent.filter((text) => !log.includes(text))).toEqual([]);
  expect([sent.length > 200, kept.length > 200]).toEqual([true, true]);
});

test('a call that may not leave is refused before it connects, and told with its rule and file and without its text', async () => {
  doubles = await openDoubles('security: { egress: [{ path: src/billing/**, to: local }] }');
  const { house, claude, box } = doubles;
  const text = 'canary-of-the-invoice';
  const of = (): ModelRequest => ({
    ...question(''),
    messages: [{ role: 'user', parts: [{ text, from: { repo: '/r', path: 'src/billing/invoice.ts' } }] }],
  });
  const [far = '', near = ''] = await house.begin(
    { repo: '/nowhere', base: '1'.repeat(40) },
    { model: 'claude:sonnet' },
    { model: 'ollama:tiny@walnut' },
  );
  await house.start(asker(null, of));
  for (const id of [far, near]) await house.enqueue(id, 'work', { maxAttempts: 1 });
  await ended(house, [near]);
  await expect.poll(async () => (await told(house, 'task.attempt_failed')).length).toBe(1);
  expect(claude.requests).toEqual([]);
  expect(JSON.stringify(box.requests)).toContain(text);
  const calls = (await told(house, 'model.called')).flatMap((it) => (it.type === 'model.called' ? [it.data] : []));
  const denied = calls.find((it) => it.outcome === 'model.egress_denied');
  expect(denied).toMatchObject({
    taskId: far,
    bytes: 0,
    denied: { rule: 'src/billing/**: local', path: 'src/billing/invoice.ts' },
  });
  expect(Buffer.from(await house.artefacts.get(denied?.prompt ?? '')).toString()).not.toContain(text);
  expect(calls.find((it) => it.outcome === 'ok')).toMatchObject({
    bytes: text.length,
    paths: ['src/billing/invoice.ts'],
  });
  expect(JSON.stringify(await told(house))).not.toContain(text);
});
