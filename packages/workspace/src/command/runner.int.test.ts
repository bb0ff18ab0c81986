import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { statOf } from '../git/process-id.ts';
import { calm, createTestRepo, createTestWorkspace, plain, tempFolder, userPath } from '../testing.ts';

const opened = async (
  options: Parameters<typeof createTestWorkspace>[0] = {},
  more: Partial<typeof plain> | { passEnv: string[] } = {},
) => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const bench = createTestWorkspace(options);
  const tree = await bench.workspace.open({ repo: user.root, base: user.first, ...plain, ...more });
  const run = (argv: string[], timeoutMs = 10_000, signal = calm) => tree.run(argv, { timeoutMs, signal });
  return {
    ...bench,
    tree,
    run,
    sh: (script: string, timeoutMs?: number, signal?: AbortSignal) => run(['sh', '-c', script], timeoutMs, signal),
  };
};

const runs = (pid: string) => {
  if (!/^\d+$/.test(pid.trim())) throw new Error(`not a pid: ${pid}`);
  return statOf(Number(pid)) !== null;
};
/** A killed process is in the table for a moment longer. */
const gone = async (pid: string) => {
  for (const end = Date.now() + 5000; runs(pid) && Date.now() < end;)
    await new Promise((resolve) => setTimeout(resolve, 5));
  return !runs(pid);
};
const read = (path: string) => readFileSync(path, 'utf8');

test('the environment is an allow-list, with folders of its own outside of the worktree', async () => {
  const source = {
    PATH: '/usr/bin:/bin',
    LANG: 'C.UTF-8',
    SECRET: 'hunter2',
    API_KEY: 'key',
    HTTPS_PROXY: 'http://proxy',
    HIVE_TOKEN: 'token',
  };
  const { sh, tree, text } = await opened({ env: source }, { passEnv: ['SECRET'] });
  const env = Object.fromEntries(
    text((await sh('env')).log)
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.split('=')[0] ?? '', line.slice(line.indexOf('=') + 1)]),
  );
  const own = dirname(tree.dir);
  expect(env).toMatchObject({
    LANG: 'C.UTF-8',
    TERM: 'dumb',
    CI: 'true',
    HOME: join(own, 'home'),
    TMPDIR: join(own, 'tmp'),
    SECRET: 'hunter2',
  });
  const known = [
    'LANG',
    'PATH',
    'TERM',
    'CI',
    'HOME',
    'TMPDIR',
    'SECRET',
    'PWD',
    'OLDPWD',
    'SHLVL',
    '_',
    'HIVE_STEP_GROUP',
    'GIT_CEILING_DIRECTORIES',
    'PYTHONDONTWRITEBYTECODE',
  ];
  expect(Object.keys(env).filter((name) => !known.includes(name))).toEqual([]);
  await sh('echo x > "$HOME/left"');
  expect((await sh('ls -A "$HOME" "$TMPDIR" | grep left')).exit).toBe(1);
});

test('exits are answers: red, 127 of a launcher, death by a signal', async () => {
  const { sh, run } = await opened();
  expect(await sh('echo out; echo err >&2; exit 7')).toMatchObject({ exit: 7, tail: 'out\nerr' });
  const launcher = await run(['env', 'no-such-program']);
  expect([launcher.exit, launcher.infra]).toEqual([127, undefined]);
  const crashed = await sh('kill -SEGV $$');
  expect([crashed.exit, crashed.infra]).toEqual([139, undefined]);
});

test('what the environment did is infra: killed, no space', async () => {
  const { sh } = await opened();
  expect(await sh('kill -9 $$')).toMatchObject({ exit: 137, infra: 'infra.oom' });
  expect(await sh('echo "write failed: No space left on device" >&2; exit 1')).toMatchObject({
    exit: 1,
    infra: 'infra.disk',
  });
  expect((await sh('echo ENOSPC is handled; exit 0')).infra).toBeUndefined();
});

test('a program that is not found is infra, and PATH entries of npm are withheld and named', async () => {
  const added = join(tempFolder(), 'node_modules', '.bin');
  mkdirSync(added, { recursive: true });
  writeFileSync(join(added, 'only-here'), '#!/bin/sh\n', { mode: 0o755 });
  const { run, tree } = await opened({ env: { PATH: `${added}:.:/usr/bin:/bin` } });
  expect(await run(['only-here'])).toMatchObject({
    exit: null,
    infra: 'check.not_found',
    reason: expect.stringContaining(added) as string,
  });
  expect(await run(['nowhere'])).toMatchObject({
    infra: 'check.not_found',
    reason: expect.stringContaining('install it') as string,
  });
  expect(await run(['./script'])).toMatchObject({ infra: 'check.not_found' });
  const own = join(tree.dir, 'node_modules', '.bin');
  mkdirSync(own, { recursive: true });
  writeFileSync(join(own, 'only-here'), '#!/bin/sh\necho own\n', { mode: 0o755 });
  expect(await run(['only-here'])).toMatchObject({ exit: 0, tail: 'own' });
  writeFileSync(join(tree.dir, 'script'), '#!/no/such/interpreter\n', { mode: 0o755 });
  expect(await run(['./script'])).toMatchObject({
    infra: 'check.not_found',
    reason: expect.stringContaining('interpreter') as string,
  });
});

test('the time limit ends the whole group, also those that ignore TERM', async () => {
  const { sh, tree } = await opened();
  const started = performance.now();
  const ran = await sh('trap "" TERM; sleep 60 & echo $! > child; wait; sleep 60', 200);
  expect(ran).toMatchObject({ exit: null, infra: 'check.timeout', reason: expect.stringContaining('0.2 s') as string });
  expect(performance.now() - started).toBeLessThan(50_000);
  expect(await gone(read(join(tree.dir, 'child')))).toBe(true);
});

test('an abort ends the group and is thrown', async () => {
  const { sh, tree } = await opened();
  const abort = new AbortController();
  const running = sh('sleep 60 & echo $! > child; mkdir ready; wait', 60_000, abort.signal);
  running.catch(() => undefined);
  while (!existsSync(join(tree.dir, 'ready'))) await new Promise((resolve) => setTimeout(resolve, 10));
  abort.abort(new Error('stop'));
  await expect(running).rejects.toThrow('stop');
  expect(await gone(read(join(tree.dir, 'child')))).toBe(true);
});

test('nothing that a command starts in the background outlives it, not even in a session of its own', async () => {
  const { sh, tree, home, incarnation } = await opened();
  const ran = await sh(
    'sleep 60 & echo $! > one; setsid sh -c "echo \\$\\$ > two; exec sleep 60" & while [ ! -s two ]; do sleep 0.01; done; echo done',
  );
  expect(ran).toMatchObject({ exit: 0, tail: 'done' });
  for (const name of ['one', 'two']) expect(await gone(read(join(tree.dir, name)))).toBe(true);
  const groups = readdirSync(join(home, 'run', 'groups', incarnation));
  expect(groups.filter((name) => /^\d+$/.test(name))).toEqual([]);
});

test('output is cut in the middle at 10 MB, and the tail is clean', async () => {
  const { sh, text } = await opened();
  const ran = await sh(
    'echo first; head -c 12000000 /dev/zero | tr "\\0" x; printf "\\n\\033[31mred\\033[0m\\007 \\342\\200\\256bidi\\n"',
  );
  const log = text(ran.log);
  expect(log.length).toBeGreaterThan(10_000_000);
  expect(log.length).toBeLessThan(10_700_000);
  expect(log.startsWith('first\n')).toBe(true);
  expect(log).toMatch(/\[\d+ bytes left out by Hive\]/);
  expect(ran.tail.split('\n').at(-1)).toBe('red bidi');
});

test('what a killed agent left is ended, and its worktrees are gone', async () => {
  const user = createTestRepo({ 'a.txt': 'a\n' });
  const home = join(tempFolder(), 'home');
  const incarnation = 'gone-1';
  const script = `const { createWorkspace } = await import(process.argv[1]);
    const [home, repo, base] = process.argv.slice(2);
    const artefacts = { put: async () => '', get: async () => new Uint8Array() };
    const workspace = createWorkspace({ home, artefacts, sandbox: { mode: 'none', allowUnsandboxed: false }, agent: 'a', incarnation: '${incarnation}', env: { PATH: '/usr/bin:/bin' } });
    const signal = new AbortController().signal;
    const tree = await workspace.open({ repo, base, setup: null, modelAuthored: false, passEnv: [], signal });
    const lines = 'setsid sleep 60 & echo $! > one; sleep 60 & echo $! > two; echo $$ > three; mv three ready; wait';
    await tree.run(['sh', '-c', lines], { timeoutMs: 60000, signal });`;
  const agent = spawn(process.execPath, [
    '--no-warnings',
    '--input-type=module',
    '-e',
    script,
    join(import.meta.dirname, '..', 'workspace.ts'),
    home,
    user.root,
    user.first,
  ]);
  const tree = join(home, 'worktrees', incarnation, '1', 'tree');
  while (!existsSync(join(tree, 'ready'))) await new Promise((resolve) => setTimeout(resolve, 20));
  const pids = ['one', 'two', 'ready'].map((name) => read(join(tree, name)));
  agent.kill('SIGKILL');
  await once(agent, 'exit');
  expect(pids.map(runs)).toEqual([true, true, true]);
  // A record whose pid belongs to somebody else by now must not hit them.
  const bystander = spawn('sleep', ['60'], { detached: true });
  await once(bystander, 'spawn');
  writeFileSync(join(home, 'run', 'groups', incarnation, String(bystander.pid)), `${bystander.pid} 1 other`);

  const { workspace } = createTestWorkspace({ home });
  await workspace.cleanUp(incarnation);
  await workspace.cleanUp(incarnation);
  expect(await Promise.all(pids.map(gone))).toEqual([true, true, true]);
  expect(runs(String(bystander.pid))).toBe(true);
  bystander.kill('SIGKILL');
  expect(readdirSync(join(home, 'worktrees')).filter((name) => name === incarnation)).toEqual([]);
  expect(existsSync(join(home, 'run', 'groups', incarnation))).toBe(false);
});

test('a worktree without a package.json of its own does not find one above', async () => {
  const home = join(tempFolder(), 'home');
  mkdirSync(home);
  writeFileSync(join(dirname(home), 'package.json'), '{"type":"module"}');
  const { tree, run } = await opened({ home, env: { PATH: userPath() } });
  writeFileSync(join(tree.dir, 'common.js'), 'console.log(typeof require)');
  expect(await run(['node', 'common.js'])).toMatchObject({ exit: 0, tail: 'function' });
});
