import { fork } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDeskClient, type TokenMade } from '@hive/events';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../testing/run-command.ts';

const dashboard = join(import.meta.dirname, '../../../event-dashboard/src/main.ts');

/** A real dashboard on a home of its own, and the program beside it. */
const openHome = async () => {
  const root = mkdtempSync(join(tmpdir(), 'hive-access-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const home = join(root, 'hive');
  mkdirSync(home);
  const start = async () => {
    const env = { PATH: process.env['PATH'], HOME: root, HIVE_HOME: home };
    const child = fork(dashboard, ['--port', '0'], { env, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    const url = await new Promise<string>((resolve) =>
      child.on('message', (told: { type: string; url: string }) => told.type === 'listening' && resolve(told.url)),
    );
    const end = () => new Promise((resolve) => (child.once('exit', resolve), child.kill('SIGTERM')));
    return { url, end };
  };
  const hive = (url: string, ...argv: string[]) => {
    const env = { HOME: root, HIVE_HOME: home, ...(url !== '' && { HIVE_URL: url }) };
    return runCommand(argv, { cwd: root, env, root: home });
  };
  return { home, start, hive };
};

test('programs and browsers are let in, listed, named and shut out from the command line, and stay so over a restart', async () => {
  const { home, start, hive } = await openHome();
  let server = await start();
  const made = JSON.parse(
    (await hive(server.url, 'tokens', 'add', 'ci', '--role', 'operator', '--json')).stdout,
  ) as TokenMade;
  expect(made).toMatchObject({ name: 'ci', role: 'operator', token: expect.stringMatching(/^hive_/) as string });
  const asProgram = () => createDeskClient({ url: server.url, token: made.token });
  expect(await asProgram().session()).toMatchObject({ kind: 'token', name: 'ci', may: ['read', 'work', 'stop'] });
  await expect(asProgram().tokens()).rejects.toMatchObject({ code: 'auth.forbidden' });

  const owner = createDeskClient({ url: server.url, token: readFileSync(join(home, 'token'), 'utf8').trim() });
  const link = await owner.pairCode({ role: 'viewer' });
  const { device } = await createDeskClient({ url: server.url }).pair(new URL(link.url).hash.slice('#pair='.length));
  expect((await hive(server.url, 'devices', 'rename', device.id, 'Kitchen tablet')).stdout).toContain('Kitchen tablet');

  await server.end();
  expect(statSync(join(home, 'access.json')).mode & 0o777).toBe(0o600);
  server = await start();
  expect((await hive(server.url, 'devices')).stdout).toMatch(new RegExp(`${device.id} +Kitchen tablet +viewer`));
  expect((await hive(server.url, 'tokens')).stdout).toMatch(/ci +operator +\S+ +\d{4}-/);
  expect((await hive(server.url, 'devices', 'revoke', device.id)).stdout).toContain('revoked');
  expect((await hive(server.url, 'devices')).stdout).toContain('No browser was let in');
  expect((await asProgram().session()).role).toBe('operator');
  expect((await hive(server.url, 'tokens', 'revoke', made.id)).code).toBe(0);
  await expect(asProgram().session()).rejects.toMatchObject({ code: 'auth.missing' });

  for (const wrong of [
    ['tokens', 'add', 'x', '--role', 'god'],
    ['tokens', 'burn', 'x'],
    ['tokens', 'add'],
    ['devices', 'revoke'],
    ['devices', 'rename', 'x'],
    ['devices', 'revoke', 'ffffffffffff'],
  ])
    expect((await hive(server.url, ...wrong)).code, wrong.join(' ')).toBe(2);
  expect((await hive('', 'tokens')).code).toBe(69);
  const metrics = await owner.metrics().catch(() => '');
  expect(metrics).toBe(''); // the address of before is gone
  const text = await createDeskClient({
    url: server.url,
    token: readFileSync(join(home, 'token'), 'utf8').trim(),
  }).metrics();
  expect(text).toContain('hive_http_requests_total{route="POST /devices/{id}/revoke",status="200"} 1\n');
});
