import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HiveEvent, Report, Result } from '@hive/events';
import { parseScenario, startModelServer } from '@hive/model-server';
import { afterEach, expect, test } from 'vitest';
import { makeHome, outcomes, traceOf, type Home } from './hive.ts';

const key = 'sk-canary-51c0ffee';
const canary = 'canary-of-a-prompt-77d1';
const library = {
  'sum.js': `// ${canary}\nexport const sum = (a, b) => a - b;\n`,
  'check.js': "import { sum } from './sum.js';\nif (sum(2, 1) !== 3) throw new Error('2 + 1 is not 3');\n",
  'package.json': '{ "type": "module" }\n',
};

const fixesSum = (more: object) =>
  parseScenario({
    name: 'fixes-sum',
    models: [{ name: 'sonnet', contextTokens: 200_000 }],
    rules: [
      {
        contains: 'You plan a change',
        reply: { json: { version: 1, tasks: [{ key: 'sum', title: 'Add instead of subtract', paths: ['sum.js'] }] } },
      },
      { contains: 'Changed sum.js', reply: { toolCalls: [{ name: 'finish', input: { summary: 'Fix sum' } }] } },
      {
        contains: 'You write one change',
        reply: { toolCalls: [{ name: 'edit', input: { path: 'sum.js', old_text: 'a - b', new_text: 'a + b' } }] },
      },
    ],
    ...more,
  });

let home: Home;
let server: Awaited<ReturnType<typeof startModelServer>>;
afterEach(async () => {
  await home.remove();
  await server.stop();
});

const begin = async (scenario: ReturnType<typeof parseScenario>): Promise<string[]> => {
  server = await startModelServer({ scenario });
  home = await makeHome({ ANTHROPIC_BASE_URL: server.url, ANTHROPIC_API_KEY: key, OLLAMA_HOST: '127.0.0.1:9' });
  await mkdir(home.home, { recursive: true });
  const yaml =
    'hive:\n  sandbox: { allowUnsandboxed: true }\n  prices: { "claude:sonnet": { input: 3, output: 15, cacheRead: 0.3, cacheWrite: 3.75, as_of: 2026-11-01 } }\n';
  await writeFile(join(home.home, 'hive.yaml'), yaml);
  const repo = await home.repo(library);
  return ['run', 'Fix sum', '--repo', repo, '--check', 'node check.js', '--model', 'claude:sonnet'];
};

/** Everything that was written below the home but the artefacts and what belongs to git. */
const written = async (): Promise<string> => {
  const names = await readdir(home.home, { recursive: true });
  const kept = names.filter(
    (name) => /\.(log|json|db|db-wal|yaml)$/.test(name) && !/artefacts|worktrees|mirrors/.test(name),
  );
  return (await Promise.all(kept.map((name) => readFile(join(home.home, name), 'latin1').catch(() => '')))).join('\n');
};

test('a window that closes in the middle of a night is waited for; in the morning the report says so, and where every byte went', async () => {
  // The window has room for the plan; it opens again by itself.
  const args = await begin(fixesSum({ limits: { plan: { five_hour: { tokens: 1500, seconds: 5 } } } }));
  const result = await home.json<Result>(...args);
  expect(outcomes(result)).toEqual(['sum merged']);
  const events = await traceOf(home, result.workflow);
  const of = (type: HiveEvent['type']) => events.filter((event) => event.type === type);
  expect(of('model.parked').length).toBeGreaterThan(0);
  expect(of('task.attempt_failed')).toEqual([]);
  expect(of('model.called').length).toBe(of('model.intended').length);

  const report = await home.json<Report>('report', '--since', '1h');
  expect(report.merged).toMatchObject([{ key: 'sum', redBefore: 'red' }]);
  expect(report.limits).toMatchObject([{ provider: 'claude', kind: 'five_hour' }]);
  expect(report.usage[0]).toMatchObject({ provider: 'double', calls: of('model.called').length });
  expect(report.usage[0]?.costUsd).toBeGreaterThan(0);
  const told = new Set(events.map((event) => event.id));
  const figures = [report.merged, report.limits, report.usage, report.repeated].flat().flatMap((it) => it.events);
  expect(figures.filter((id) => !told.has(id))).toEqual([]);
  expect((await home.hive('report')).stdout).toContain('Merged  1');

  const rows = (await home.hive('egress', '--last', '--json')).stdout.trim().split('\n');
  const calls = rows.map((row) => JSON.parse(row) as { destination: string; bytes: number; paths: string[] });
  expect(calls).toHaveLength(of('model.called').length);
  expect(new Set(calls.map((call) => call.destination))).toEqual(new Set([new URL(server.url).host]));
  expect(calls.some((call) => call.bytes > 0 && call.paths.includes('sum.js'))).toBe(true);

  const left = (await written()) + JSON.stringify(events);
  expect(left).toContain('model.called');
  expect([left.includes(key), left.includes(canary)]).toEqual([false, false]);
});
