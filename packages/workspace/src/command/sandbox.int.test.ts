import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { identityOf } from '../git/process-id.ts';
import { calm, createTestRepo, createTestWorkspace, plain, tempFolder } from '../testing.ts';

const auto = { mode: 'auto', allowUnsandboxed: false } as const;

/** Whether bubblewrap runs anything at all: where it does, the profile has to work too. */
const plainBwrapWorks = () =>
  spawnSync('bwrap', ['--unshare-all', '--ro-bind', '/', '/', 'true'], { stdio: 'ignore' }).status === 0;

/** Opens a worktree in the sandbox; where there is none, prints why and checks the refusal instead. */
const sandboxed = async () => {
  const repo = createTestRepo({ 'a.txt': 'a\n' });
  const bench = createTestWorkspace({ sandbox: auto });
  const state = await bench.workspace.sandbox();
  if (state.kind === 'none') {
    expect(plainBwrapWorks(), state.note).toBe(false);
    process.stdout.write(`sandbox: not tested, ${state.note}\n`);
    const refused = bench.workspace.open({ repo: repo.root, base: repo.first, ...plain, modelAuthored: true });
    await expect(refused).rejects.toMatchObject({ code: 'sandbox.missing', remedy: 'fix_config' });
    return null;
  }
  const tree = await bench.workspace.open({ repo: repo.root, base: repo.first, ...plain, modelAuthored: true });
  const sh = (script: string, network: 'none' | 'open' = 'none') =>
    tree.run(['sh', '-c', script], { timeoutMs: 10_000, signal: calm, network });
  return { ...bench, repo, tree, sh };
};

test('what a process left that was killed while it probed is removed by the next one that probes', async () => {
  const { workspace, home } = createTestWorkspace({ sandbox: auto });
  const [dead, mine] = ['999999_1_gone0000', identityOf(process.pid).replaceAll(' ', '_')].map((owner) =>
    join(home, 'worktrees', `probe-${owner}-aaaaaa`),
  );
  for (const folder of [dead, mine]) mkdirSync(join(folder ?? '', 'tree'), { recursive: true });
  if ((await workspace.sandbox()).kind === 'none') return void process.stdout.write('sandbox: not probed\n');
  expect([dead, mine].map((folder) => existsSync(folder ?? ''))).toEqual([false, true]);
});

test('in the sandbox only the worktree, HOME and /tmp can be written, and nothing else of the user is seen', async () => {
  const bench = await sandboxed();
  if (!bench) return;
  const { tree, sh, repo, home } = bench;
  expect(await sh('echo x > made && echo x > "$HOME/x" && echo x > "$TMPDIR/x"')).toMatchObject({ exit: 0 });
  expect(existsSync(join(tree.dir, 'made'))).toBe(true);
  const outside = [
    join(dirname(tree.dir), 'planted'),
    join(home, 'planted'),
    '/usr/planted',
    join(repo.root, 'planted'),
  ];
  for (const path of outside) {
    // Below /tmp such a write may succeed, into the sandbox's own /tmp.
    await sh(`echo x > '${path}'`);
    expect(existsSync(path), path).toBe(false);
  }
  for (const path of ['/usr/planted', '/planted', '/etc/planted'])
    expect((await sh(`echo x > '${path}'`)).exit, path).not.toBe(0);
  for (const path of [repo.root, join(home, 'mirrors'), '/etc/shadow', join(dirname(tree.dir), 'index')])
    expect((await sh(`ls '${path}'`)).exit, path).not.toBe(0);
  expect(await sh('grep -q "^CapEff:.0000000000000000" /proc/self/status')).toMatchObject({ exit: 0 });
});

test('in the sandbox there is no network but loopback', async () => {
  const bench = await sandboxed();
  if (!bench) return;
  const { sh } = bench;
  expect((await sh('cat /proc/net/dev | grep -c :')).tail.trim()).toBe('1');
  expect((await sh('readlink /proc/self/ns/net', 'open')).tail).not.toBe((await sh('readlink /proc/self/ns/net')).tail);
});

test('in the sandbox a signal death and a missing program read as without it', async () => {
  const bench = await sandboxed();
  if (!bench) return;
  expect(await bench.sh('kill -9 $$')).toMatchObject({ infra: 'infra.oom' });
  expect(await bench.sh('exit 127')).toMatchObject({ exit: 127 });
  const missing = await bench.tree.run(['no-such-program'], { timeoutMs: 1000, signal: calm });
  expect(missing).toMatchObject({ exit: null, infra: 'check.not_found' });
});

test('where a sandbox is required nothing runs without one, not even what a person wrote', async () => {
  const repo = createTestRepo({ 'a.txt': 'a\n' });
  const sandbox = { mode: 'required', allowUnsandboxed: true } as const;
  const { workspace } = createTestWorkspace({ sandbox, env: { PATH: '/nonexistent' } });
  const opened = workspace.open({ repo: repo.root, base: repo.first, ...plain, modelAuthored: false });
  await expect(opened).rejects.toMatchObject({
    code: 'sandbox.missing',
    message: expect.stringContaining('hive.yaml requires a sandbox') as string,
  });
});

/** The arguments of every process, as everybody on the machine can read them. */
const argumentsOfAll = (): string =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1');
      } catch {
        return '';
      }
    })
    .join('\n');

test('values of variables are no arguments, which every user of the machine can read', async () => {
  const repo = createTestRepo({ 'a.txt': 'a\n' });
  const { workspace } = createTestWorkspace({ sandbox: auto, env: { PATH: '/usr/bin:/bin', TOKEN: 'hive-hunter2' } });
  if ((await workspace.sandbox()).kind === 'none')
    return void process.stdout.write('arguments: not tested, no sandbox\n');
  const tree = await workspace.open({ repo: repo.root, base: repo.first, ...plain, passEnv: ['TOKEN'] });
  const script = 'test ${#TOKEN} = 12 || exit 3; : > started; while [ ! -e seen ]; do sleep 0.02; done';
  const running = tree.run(['sh', '-c', script], { timeoutMs: 20_000, signal: calm });
  while (!existsSync(join(tree.dir, 'started'))) await new Promise((resolve) => setTimeout(resolve, 10));
  const told = argumentsOfAll();
  writeFileSync(join(tree.dir, 'seen'), '');
  expect(await running).toMatchObject({ exit: 0 });
  expect(told).toContain(tree.dir);
  expect(told).not.toContain('hive-hunter2');
});

test('as root, commands run as another user when it can reach everything', async () => {
  if (process.getuid?.() !== 0) {
    process.stdout.write('uid of commands: not tested, the tests do not run as root\n');
    return;
  }
  const home = join(tempFolder(), 'home');
  mkdirSync(home);
  chmodSync(dirname(home), 0o755);
  const repo = createTestRepo({ 'a.txt': 'a\n' });
  for (const mode of ['none', 'auto'] as const) {
    const { workspace } = createTestWorkspace({ home, sandbox: { mode, allowUnsandboxed: true } });
    expect((await workspace.sandbox()).note).toContain('commands run as uid 65534');
    const tree = await workspace.open({ repo: repo.root, base: repo.first, ...plain });
    writeFileSync(join(tree.dir, 'by-root.txt'), 'x');
    const ran = await tree.run(
      ['sh', '-c', 'id -u && echo more >> by-root.txt && echo y > new && echo ok > "$HOME/f"'],
      {
        timeoutMs: 5000,
        signal: calm,
      },
    );
    expect(ran).toMatchObject({ exit: 0, tail: '65534' });
    expect(await tree.changedPaths()).toEqual(['by-root.txt', 'new']);
    await tree.remove();
  }
});
