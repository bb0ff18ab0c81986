import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { defaultLimits } from '../limits/limits.ts';
import { calm, createTestRepo, createTestWorkspace, plain, tempFolder } from '../../testing.ts';
import { containerArgs, findContainer } from './container.ts';

/**
 * Stands for podman and docker, of which no real one is asked here: notes how it was called, and runs the command on the machine itself, in the folder that it
 * was told. Of the trial it does what a container would do.
 */
const fake = (calls: string) => `#!/bin/sh
printf '%s\\0' "$0" "$@" >> '${calls}'
printf 'secret=%s\\n' "$TOKEN" >> '${calls}.env'
case "$1" in
  inspect) [ -e '${calls}.oom' ] && echo true || echo false; exit 0 ;;
  ps) echo abc123; exit 0 ;;
  run) ;;
  *) exit 0 ;;
esac
while [ $# -gt 0 ]; do
  case "$1" in
    --workdir) cd "$2"; shift 2 ;;
    --entrypoint) program=$2; shift 3; break ;;
    *) shift ;;
  esac
done
case "$3" in probe) : > inside; exit 0 ;; esac
exec "$program" "$@"
`;

const withEngine = (image: string | null = 'example/image:1') => {
  const folder = tempFolder();
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const calls = join(folder, 'calls');
  writeFileSync(join(bin, 'podman'), fake(calls), { mode: 0o755 });
  const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: folder, XDG_RUNTIME_DIR: '/run/user/7', TOKEN: 'hunter2' };
  const request = {
    home: join(folder, 'home'),
    path: [bin],
    userHome: undefined,
    owner: undefined,
    env,
    incarnation: 'inc-1',
    image,
  };
  const read = () => (existsSync(calls) ? readFileSync(calls, 'utf8').split('\0').slice(0, -1) : []);
  return { request, env, calls, read };
};

test('a container has no network and no rights, and writes nothing but the worktree', () => {
  const args = containerArgs(
    'podman',
    { image: 'example/image:1', user: { uid: 7, gid: 8 }, incarnation: 'inc-1', name: 'hive-inc-1.a' },
    {
      worktree: '/w/tree',
      readOnly: ['/cache'],
      network: 'none',
      limits: { ...defaultLimits, memoryBytes: 1000, processes: 9, cores: 1.5, cpuMs: 2500, fileBytes: 77 },
      env: { PATH: '/w/tree/node_modules/.bin:/opt/host/bin', HOME: '/home/hive', TOKEN: 'hunter2' },
    },
    ['npm', 'test', '--', '-rf'],
  );
  const text = args.join(' ');
  for (const part of [
    'run --name hive-inc-1.a --label hive.incarnation=inc-1',
    '--pull never',
    '--network none',
    '--read-only --read-only-tmpfs=false --userns keep-id',
    '--cap-drop ALL --security-opt no-new-privileges',
    '--user 7:8',
    '--memory 1000 --memory-swap 1000 --pids-limit 9 --cpus 1.5',
    '--ulimit fsize=77:77 --ulimit cpu=3:8 --ulimit core=0:0',
    '--tmpfs /tmp:rw,exec,nosuid,nodev,mode=1777,size=1000',
    '--volume /cache:/cache:ro --volume /w/tree:/w/tree:rw --workdir /w/tree',
    '--env HOME=/home/hive --env TOKEN',
    '--entrypoint npm example/image:1 test -- -rf',
  ])
    expect(text).toContain(part);
  expect(text).not.toContain('hunter2');
  expect(text).not.toContain('/opt/host/bin');
  const docker = containerArgs(
    'docker',
    { image: 'i', user: { uid: 7, gid: 8 }, incarnation: 'x', name: 'n' },
    { worktree: '/w', network: 'open', limits: defaultLimits, env: {} },
    ['true'],
  );
  expect(docker.join(' ')).not.toMatch(/keep-id|--network/);
});

test('without an image or an engine there is no container, and each is said', async () => {
  expect(await findContainer('podman', withEngine(null).request)).toContain('hive.sandbox.image');
  expect(await findContainer('docker', withEngine().request)).toBe('docker is not installed.');
});

test('a command runs through the engine, which is told secrets by its environment, and what it ran is removed', async () => {
  const { env, calls, read } = withEngine();
  const repo = createTestRepo({ 'a.txt': 'a\n' });
  const sandbox = { mode: 'required', allowUnsandboxed: false, backend: 'podman', image: 'example/image:1' } as const;
  const { workspace, incarnation } = createTestWorkspace({ sandbox, env });
  expect(await workspace.sandbox()).toMatchObject({ kind: 'podman' });
  const tree = await workspace.open({
    repo: repo.root,
    base: repo.first,
    ...plain,
    modelAuthored: true,
    passEnv: ['TOKEN'],
  });
  const ran = await tree.run(['sh', '-c', 'pwd; exit 3'], { timeoutMs: 10_000, signal: calm });
  expect(ran).toMatchObject({ exit: 3, tail: tree.dir });
  expect(read().join(' ')).toMatch(new RegExp(`rm --force hive-${incarnation}\\.[0-9a-f]+`));
  expect(read().join(' ')).not.toContain('hunter2');
  expect(readFileSync(`${calls}.env`, 'utf8')).toContain('secret=hunter2');
  writeFileSync(`${calls}.oom`, '');
  expect(await tree.run(['true'], { timeoutMs: 10_000, signal: calm })).toMatchObject({ infra: 'infra.oom' });
  await workspace.cleanUp('gone-1');
  expect(read().join(' ')).toContain('ps --all --quiet --filter label=hive.incarnation=gone-1');
  expect(read().join(' ')).toContain('rm --force abc123');
});

test('an engine that does not keep a command inside is no sandbox', async () => {
  const { request, read } = withEngine();
  const path = join(request.path[0] ?? '', 'podman');
  writeFileSync(path, readFileSync(path, 'utf8').replace('exit 0 ;; esac\nexec', 'exit 9 ;; esac\nexec'), {
    mode: 0o755,
  });
  expect(await findContainer('podman', request)).toContain(
    'does not work here with the image example/image:1 (exit 9)',
  );
  expect(read().join(' ')).toContain('rm --force hive-probe.');
});
