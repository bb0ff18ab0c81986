import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, test } from 'vitest';

const main = join(import.meta.dirname, 'main.ts');
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hive-model-server-'));
});
afterAll(() => rm(folder, { recursive: true }));

const scenarioFile = async (scenario: unknown): Promise<string> => {
  const file = join(folder, 'scenario.json');
  await writeFile(file, JSON.stringify(scenario));
  return file;
};

test('started by hand it says where it is and that it is a double, and logs how requests ended', async () => {
  const file = await scenarioFile({ name: 'by-hand', rules: [{ reply: { text: 'Hello' } }] });
  const child = spawn(process.execPath, [main, '--scenario', file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async () => JSON.parse(String((await lines.next()).value)) as Record<string, unknown>;
  const { url, double } = await next();
  expect(double).toBe('by-hand');
  await (await fetch(`${String(url)}/api/version`)).text();
  expect(await next()).toMatchObject({ path: '/api/version', ended: 'complete' });
  child.kill('SIGTERM');
  expect((await once(child, 'exit'))[0]).toBe(0);
});

test.each([
  [[], 'Usage:'],
  [['--scenario', '/nonexistent.json'], 'ENOENT'],
  [['--scenario', 'FILE', '--host', '0.0.0.0'], 'loopback only'],
])('%j ends with 2 and one sentence', async (argv, message) => {
  const file = await scenarioFile({ name: 'x', rules: [] });
  const child = spawn(process.execPath, [main, ...argv.map((word) => (word === 'FILE' ? file : word))], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  expect((await once(child, 'close'))[0]).toBe(2);
  expect(said).toContain(message);
});
