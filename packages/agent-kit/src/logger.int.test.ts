import { spawnSync } from 'node:child_process';
import { openSync } from 'node:fs';
import { expect, test } from 'vitest';

const program = `
  import { createLogger } from ${JSON.stringify(new URL('./logger.ts', import.meta.url).href)};
  createLogger({ agent: 'test' }).info({ apiKey: 'sk-canary' }, 'hello');
  process.exitCode = 7;
`;
const run = (stdout: 'pipe' | number) =>
  spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', stdout, 'inherit'],
    encoding: 'utf8',
    timeout: 60_000,
  });

test('a line is JSON with its fields, and secrets are replaced', () => {
  const { stdout } = run('pipe');
  expect(JSON.parse(stdout)).toMatchObject({ agent: 'test', msg: 'hello', apiKey: '***' });
});

test('a full disk costs the line and not the process', () => {
  expect(run(openSync('/dev/full', 'w')).status).toBe(7);
});
