import { chmodSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Setup } from '@hive/events';
import { expect, test } from 'vitest';
import { calm, createTestRepo, createTestWorkspace, plain, tempFolder } from './testing.ts';

const setup: Setup = { argv: ['go', 'mod', 'download'], lockfile: null, source: 'given' };

/** A `go` that compiles the standard library into its cache when it is not there, and tells whenever it does. */
const withGo = (compiles = '') => {
  const bin = tempFolder();
  const log = join(bin, 'log');
  writeFileSync(log, '');
  writeFileSync(
    join(bin, 'go'),
    `#!/bin/sh
[ "$1" = test ] || exit 0
${compiles}
[ -f "$GOCACHE/std" ] || { echo compiled >> '${log}'; echo std > "$GOCACHE/std"; }`,
  );
  chmodSync(join(bin, 'go'), 0o755);
  const env = { PATH: `${bin}:/usr/local/bin:/usr/bin:/bin`, HOME: '/nonexistent' };
  return { bench: createTestWorkspace({ env }), compiled: () => readFileSync(log, 'utf8').split('\n').length - 1 };
};

test('what a tool compiles for the base is found by every worktree, and what one adds by no other', async () => {
  const { bench, compiled } = withGo();
  const repo = createTestRepo({ 'go.mod': 'module x\n' });
  const open = (base: string) => bench.workspace.open({ repo: repo.root, base, ...plain, setup });
  const check = { timeoutMs: 5000, signal: calm };

  const first = await open(repo.first);
  expect(compiled()).toBe(1);
  expect(await first.run(['go', 'test', './...'], check)).toMatchObject({ exit: 0 });
  await first.run(['sh', '-c', 'echo poison > "$GOCACHE/of-a-change"'], check);
  expect(await first.run(['sh', '-c', 'cat "$GOCACHE/of-a-change"'], check)).toMatchObject({ exit: 0 });
  // The next base begins with what the one before it has compiled.
  const second = await open(repo.commit({ 'x.go': 'package x\n' }));
  expect(await second.run(['go', 'test', './...'], check)).toMatchObject({ exit: 0 });
  expect(await second.run(['sh', '-c', 'cat "$GOCACHE/of-a-change"'], check)).toMatchObject({ exit: 1 });
  expect(compiled()).toBe(1);
  expect(await second.changedPaths()).toEqual([]);
});

test('a base that does not compile, and a setup of older days that kept nothing, are set up all the same', async () => {
  const { bench } = withGo('exit 1');
  const repo = createTestRepo({ 'go.mod': 'module x\n' });
  const open = () => bench.workspace.open({ repo: repo.root, base: repo.first, ...plain, setup });
  await open();
  const setups = join(bench.home, 'setup');
  for (const key of readdirSync(setups)) {
    writeFileSync(join(setups, key, 'done.json'), '[]');
    rmSync(join(setups, key, 'home', 'build'), { recursive: true });
  }
  expect(await (await open()).run(['true'], { timeoutMs: 5000, signal: calm })).toMatchObject({ exit: 0 });
});

test('a check that calls a compiler finds what comes with it compiled, without a setup, once for all repositories', async () => {
  const { bench, compiled } = withGo();
  const check = { name: 'go test', argv: ['sh', '-c', 'go test ./... && cat go.mod'], source: 'given' as const };
  const proveIn = async (name: string) => {
    const repo = createTestRepo({ 'a/x.txt': name });
    const change = { repo: repo.root, base: repo.first, head: repo.commit({ 'go.mod': 'module x\n' }) };
    const around = { setup: null, tests: undefined, redBefore: 'needed' as const, timeoutMs: 10_000 };
    return bench.workspace.prove({
      ...{ ...change, ...around, passEnv: [], agent: 'w', author: 'human' },
      ...{ checks: [check], signal: calm },
    });
  };
  expect(await proveIn('one')).toMatchObject({ code: null });
  expect(await proveIn('two')).toMatchObject({ code: null });
  expect(compiled()).toBe(1);
});
