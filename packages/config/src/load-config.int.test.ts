import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  cloneRootOf,
  egressFor,
  ensureToken,
  loadConfig,
  readRun,
  readToken,
  removeRun,
  repoConfigOf,
  writeRun,
} from './index.ts';

const folder = () => {
  const made = mkdtempSync(join(tmpdir(), 'hive-config-'));
  onTestFinished(() => rmSync(made, { recursive: true }));
  return made;
};
const load = (env: Record<string, string>, cloneRoot: string | null = null, args = {}) =>
  loadConfig({ env, cwd: '/somewhere', cloneRoot, args });

test('state lives where HIVE_HOME says, else in the clone, else in the home of the user', async () => {
  const HOME = folder();
  expect((await load({ HOME, HIVE_HOME: 'state' }, '/clone')).home).toBe('/somewhere/state');
  expect((await load({ HOME }, '/clone')).home).toBe('/clone/.hive');
  const config = await load({ HOME });
  expect(config).toMatchObject({
    home: join(HOME, '.hive'),
    file: null,
    port: { number: 4483, given: false },
    database: { dialect: 'sqlite', path: join(HOME, '.hive/hive.db'), synchronous: 'full' },
    ollama: { url: 'http://127.0.0.1:11434', given: false },
    models: { planner: [], worker: [], reviewer: [] },
    warnings: [],
  });
});

test('hosts are granted to setups and checks alike, or apart, to all repositories or to one', async () => {
  const HIVE_HOME = folder();
  const write = (yaml: string) => writeFileSync(join(HIVE_HOME, 'hive.yaml'), yaml);
  expect(egressFor(await load({ HIVE_HOME }), '/a')).toEqual({ setup: [], checks: [] });
  write('hive: { sandbox: { egress: { setup: ["*.example.net"] } }, repos: { /a: { egress: [own.dev:8443] } } }');
  const config = await load({ HIVE_HOME });
  expect(egressFor(config, '/a')).toEqual({ setup: ['*.example.net', 'own.dev:8443'], checks: ['own.dev:8443'] });
  expect(egressFor(config, '/b')).toEqual({ setup: ['*.example.net'], checks: [] });
  write('hive: { sandbox: { egress: [10.0.0.1] } }');
  await expect(load({ HIVE_HOME })).rejects.toMatchObject({
    code: 'config.invalid',
    message: expect.stringContaining('an address is no host') as string,
  });
});

test('commits wait for the disk unless hive.yaml says otherwise', async () => {
  const HIVE_HOME = folder();
  writeFileSync(join(HIVE_HOME, 'hive.yaml'), 'hive: { store: { synchronous: normal } }');
  expect((await load({ HIVE_HOME })).database).toMatchObject({ synchronous: 'normal' });
  writeFileSync(join(HIVE_HOME, 'hive.yaml'), 'hive: { store: { synchronous: off } }');
  await expect(load({ HIVE_HOME })).rejects.toMatchObject({ code: 'config.invalid', remedy: 'fix_config' });
});

test('secrets of the environment do not show in the configuration', async () => {
  const config = await load({
    HOME: folder(),
    HIVE_DATABASE_URL: 'postgres://me:pa55@db/hive',
    ANTHROPIC_API_KEY: 'sk-ant',
    HIVE_TOKEN: 't0k',
  });
  expect(JSON.stringify(config)).not.toMatch(/pa55|sk-ant|t0k/);
  expect(config.anthropic.apiKey?.reveal()).toBe('sk-ant');
  expect(config.database.dialect === 'postgres' && config.database.url.reveal()).toBe('postgres://me:pa55@db/hive');
});

test('what cannot be is refused with the name of the variable or file', async () => {
  const HOME = folder();
  const code = { code: 'config.invalid', remedy: 'fix_config' };
  await expect(load({ HOME, HIVE_PORT: '70000' })).rejects.toMatchObject({
    ...code,
    message: expect.stringContaining('HIVE_PORT is 70000') as string,
  });
  await expect(load({ HOME, HIVE_DATABASE_URL: 'mysql://me:pa55@db' })).rejects.toMatchObject({
    ...code,
    message: expect.not.stringContaining('pa55') as string,
  });
  await expect(load({ HOME, HIVE_URL: 'localhost' })).rejects.toMatchObject(code);
  await expect(load({ HOME, HIVE_CONFIG: 'none.yaml' })).rejects.toMatchObject({
    ...code,
    message: 'There is no configuration file /somewhere/none.yaml',
  });
});

test('boxes, their models and repositories come from hive.yaml; the command line names it before the environment', async () => {
  const HOME = folder();
  const repo = folder();
  symlinkSync(repo, join(HOME, 'project'));
  const file = join(HOME, 'mine.yaml');
  writeFileSync(
    file,
    `hive: { agents: { walnut: { endpoint: "http://w:11434/", model: "qwen3:8b" }, ada: { model: x } }, repos: { ~/project: { checks: [npm test] } }, models: { worker: ["claude:c"] } }`,
  );
  const config = await load({ HOME, HIVE_CONFIG: '/none.yaml' }, null, { config: file });
  expect(config.boxes).toEqual([
    {
      name: 'walnut',
      title: 'walnut',
      endpoint: 'http://w:11434',
      model: 'qwen3:8b',
      capabilities: [],
      quietHours: [],
    },
  ]);
  expect(config.models).toEqual({ planner: ['ollama:qwen3:8b@walnut'], worker: ['claude:c'], reviewer: [] });
  expect(repoConfigOf(config, repo)?.checks).toEqual(['npm test']);
  expect(repoConfigOf(config, '/other')).toBeUndefined();
});

test('the token is made once, for its owner only', () => {
  const home = join(folder(), 'new');
  expect(readToken(folder())).toBeNull();
  const made = ensureToken(home).reveal();
  expect(Buffer.from(made, 'base64url')).toHaveLength(32);
  expect(statSync(join(home, 'token')).mode & 0o777).toBe(0o600);
  chmodSync(join(home, 'token'), 0o644);
  expect(ensureToken(home).reveal()).toBe(made);
  expect(statSync(join(home, 'token')).mode & 0o777).toBe(0o600);
  expect(readToken(home)?.reveal()).toBe(made);
});

test('run.json counts only while its process lives', () => {
  const home = folder();
  expect(readRun(home)).toBeNull();
  writeRun(home, { pid: process.pid, url: 'http://127.0.0.1:4483' });
  expect(readRun(home)).toEqual({ pid: process.pid, url: 'http://127.0.0.1:4483' });
  removeRun(home, process.pid + 1);
  expect(readRun(home)).not.toBeNull();

  const file = join(home, 'run.json');
  const entry = JSON.parse(readFileSync(file, 'utf8')) as object;
  if (process.platform === 'linux') {
    writeFileSync(file, JSON.stringify({ ...entry, started: '1' })); // the number was given to another process
    expect(readRun(home)).toBeNull();
  }
  writeFileSync(file, JSON.stringify({ ...entry, pid: 2 ** 22 + 1, started: null }));
  expect(readRun(home)).toBeNull();
  writeFileSync(file, '{');
  expect(readRun(home)).toBeNull();
  removeRun(home, process.pid);
  expect(() => readFileSync(file)).toThrow();
});

test('the clone is the nearest folder above with an nx.json', () => {
  const root = folder();
  mkdirSync(join(root, 'a/b'), { recursive: true });
  expect(cloneRootOf(`file://${root}/a/b/x.js`)).toBeNull();
  writeFileSync(join(root, 'nx.json'), '{}');
  expect(cloneRootOf(`file://${root}/a/b/x.js`)).toBe(root);
});

test('a share may be written as a percentage, prices are dated, and paths say how far they may go', async () => {
  const HIVE_HOME = folder();
  const from = (yaml: string) => {
    writeFileSync(join(HIVE_HOME, 'hive.yaml'), yaml);
    return load({ HIVE_HOME });
  };
  const config = await from(`hive:
  paid: { reserve: 30%, quiet_hours: 08:00-18:00 }
  prices: { 'claude:x': { input: 3, output: 15, as_of: 2026-11-01 } }
  budgets: { day: { usd: 20 }, models: { 'claude:x': { tokens: 1000 } } }
  security: { egress: [{ path: src/billing/**, to: local }] }
`);
  expect(config).toMatchObject({
    paid: { reserve: 0.3, resumes: 3, quietHours: [{ from: 480, to: 1080 }] },
    prices: { 'claude:x': { output: 15, as_of: '2026-11-01' } },
    budgets: { workflow: null, day: { usd: 20 }, models: { 'claude:x': { tokens: 1000 } } },
    egress: { rules: [{ path: 'src/billing/**', to: 'local' }], fallback: 'any', notSecrets: [] },
  });
  for (const yaml of ['paid: { reserve: 130% }', "prices: { 'claude:x': { input: 3, output: 15 } }"])
    await expect(from(`hive:\n  ${yaml}\n`)).rejects.toMatchObject({ code: 'config.invalid' });
});
