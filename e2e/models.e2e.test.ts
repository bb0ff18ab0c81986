import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Comparison, Result } from '@hive/events';
import { parseScenario, startModelServer } from '@hive/model-server';
import { afterEach, expect, test } from 'vitest';
import { makeHome, outcomes, traceOf, type Home } from './hive.ts';

const key = 'sk-canary-9f2c6d1e';
const library = {
  'sum.js': 'export const sum = (a, b) => a - b;\n',
  'check.js': "import { sum } from './sum.js';\nif (sum(2, 1) !== 3) throw new Error('2 + 1 is not 3');\n",
  'package.json': '{ "type": "module" }\n',
};

/** A double that plans one task; its first change is wrong where `isRight` is false, and so is every later one. */
const scenario = (isRight: boolean) =>
  parseScenario({
    name: 'fixes-sum',
    models: [{ name: 'double:1m', contextTokens: 32_768 }],
    rules: [
      {
        contains: 'You plan a change',
        reply: { json: { version: 1, tasks: [{ key: 'sum', title: 'Add instead of subtract', paths: ['sum.js'] }] } },
      },
      { contains: 'Changed sum.js', reply: { toolCalls: [{ name: 'finish', input: { summary: 'Fix sum' } }] } },
      {
        contains: 'You write one change',
        reply: {
          toolCalls: [
            { name: 'edit', input: { path: 'sum.js', old_text: 'a - b', new_text: `a ${isRight ? '+' : '*'} b` } },
          ],
        },
      },
    ],
  });

let home: Home | undefined;
let server: Awaited<ReturnType<typeof startModelServer>> | undefined;
afterEach(async () => {
  await home?.remove();
  await server?.stop();
});

const providers = {
  Ollama: { ref: 'ollama:double:1m', env: (url: string) => ({ OLLAMA_HOST: url }) },
  Claude: { ref: 'claude:double:1m', env: (url: string) => ({ ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key }) },
};

test.each([
  ['Ollama', 'merged'],
  ['Ollama', 'refused'],
  ['Claude', 'refused'],
] as const)(
  'a goal in words is planned and written by a model over the protocol of %s, and its change is %s',
  async (provider, end) => {
    server = await startModelServer({ scenario: scenario(end === 'merged') });
    const { ref, env } = providers[provider];
    home = await makeHome(env(server.url));
    await mkdir(home.home, { recursive: true });
    // Where bubblewrap is missing a model's change would not run; that it does not is tested in the workspace.
    await writeFile(join(home.home, 'hive.yaml'), 'hive:\n  sandbox:\n    allowUnsandboxed: true\n');
    const repo = await home.repo(library);
    const result = await home.json<Result>(
      'run',
      'Fix sum',
      '--repo',
      repo,
      '--check',
      'node check.js',
      '--model',
      ref,
    );
    expect(outcomes(result)).toEqual([end === 'merged' ? 'sum merged' : 'sum refused checks.red']);
    expect(result.tasks[0]?.author).toBe('double:fixes-sum');
    expect(result.usage.calls).toBe(end === 'merged' ? 3 : 9);
    const events = await traceOf(home, result.workflow);
    expect(events.filter((event) => event.type === 'task.returned')).toHaveLength(end === 'merged' ? 0 : 3);
    if (end === 'merged') {
      expect(result.tasks[0]?.evidence).toMatchObject({ redBefore: 'red', greenAfter: true });
      expect(await home.git(repo, 'show', `${result.branch ?? ''}:sum.js`)).toContain('a + b');
    }
    if (provider === 'Ollama' && end === 'merged') {
      await server.stop(); // whoever were asked now would not be reached
      const replayed = await home.json<Comparison>('replay', '--last');
      expect(replayed).toMatchObject({
        equal: true,
        differences: [],
        now: { replayed: { calls: 3 }, paid: { calls: 0 } },
      });
    }
    const stored = await readFile(join(home.home, 'hive.db'), 'latin1');
    expect(stored + JSON.stringify(events)).not.toContain(key);
  },
  60_000,
);

test('a key that is merely there is not used: a goal in words is refused by name and nothing is recorded', async () => {
  server = await startModelServer({ scenario: scenario(true) });
  home = await makeHome({ ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: key, OLLAMA_HOST: '127.0.0.1:9' });
  const repo = await home.repo(library);
  const ended = await home.hive('run', 'Fix sum', '--repo', repo, '--check', 'node check.js', '--json');
  expect(ended.code).toBe(78);
  expect(JSON.parse(ended.stdout)).toMatchObject({ error: { code: 'model.missing' } });
  expect(server.requests).toHaveLength(0);
});
