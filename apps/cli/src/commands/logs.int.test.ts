import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../testing/run-command.ts';

const line = (second: number, msg: string) =>
  `${JSON.stringify({ level: 30, time: `2026-01-01T00:00:0${second}.000Z`, msg })}\n`;

/** A home with the logs of two processes, told in turns, and the command on it: which messages it tells. */
const openHome = () => {
  const root = mkdtempSync(join(tmpdir(), 'hive-logs-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const logs = join(root, 'hive/logs');
  mkdirSync(logs, { recursive: true });
  writeFileSync(join(logs, 'queen.log'), line(1, 'one') + line(3, 'three') + line(5, 'five'));
  writeFileSync(join(logs, 'worker-1.log'), line(2, 'two') + line(4, 'four') + 'half a li');
  const env = { HOME: root, HIVE_HOME: join(root, 'hive') };
  return async (...argv: string[]) => {
    const { code, stdout, stderr } = await runCommand(['logs', ...argv], { cwd: root, env, root });
    return { code, told: stdout.match(/one|two|three|four|five/g) ?? [], stderr };
  };
};

test('the last lines of all logs are told in the order of their times', async () => {
  const logs = openHome();
  expect(await logs()).toMatchObject({ code: 0, told: ['one', 'two', 'three', 'four', 'five'] });
  expect(await logs('-n', '1')).toMatchObject({ told: ['four', 'five'] });
  expect(await logs('queen', '--lines', '2')).toMatchObject({ told: ['three', 'five'] });
});

test('no lines are none', async () => {
  expect(await openHome()('-n', '0')).toMatchObject({ code: 0, told: [] });
});

test('a log that is not there, and what is no number, are refused by name', async () => {
  const logs = openHome();
  expect(await logs('worker-9')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('queen, worker-1') as string,
  });
  expect(await logs('-n', 'many')).toMatchObject({ code: 2, told: [] });
});
