import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorkspace } from '../src/workspace.ts';

/**
 * What a command costs more than the bare process: `node packages/workspace/bench/overhead.ts [runs]` runs `true` one after the other, bare, with limits
 * only, and in the sandbox. The aim is 50 ms more at the 95th percentile on an idle machine.
 */
const runs = Number(process.argv[2] ?? 200);
const folder = mkdtempSync(join(tmpdir(), 'hive-overhead-'));
const calm = new AbortController().signal;

const repository = (): { root: string; base: string } => {
  const root = join(folder, 'repo');
  mkdirSync(root);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=b', '-c', 'user.email=b@localhost', ...args], {
      cwd: root,
      encoding: 'utf8',
    });
  git('init', '--quiet');
  writeFileSync(join(root, 'a.txt'), 'a\n');
  git('add', '--all');
  git('commit', '--quiet', '-m', 'first');
  return { root, base: git('rev-parse', 'HEAD').trim() };
};

const open = async (mode: 'auto' | 'none', { root, base }: { root: string; base: string }) => {
  const workspace = createWorkspace({
    home: join(folder, mode),
    artefacts: { put: async () => '', get: async () => new Uint8Array() },
    sandbox: { mode, allowUnsandboxed: true },
    agent: 'bench',
    incarnation: `bench-${process.pid}-${mode}`,
    env: { PATH: '/usr/bin:/bin' },
  });
  const { kind, limits = '' } = await workspace.sandbox();
  const tree = await workspace.open({ repo: root, base, setup: null, modelAuthored: true, passEnv: [], signal: calm });
  return { name: `sandbox ${kind}`, note: limits, run: () => tree.run(['true'], { timeoutMs: 60_000, signal: calm }) };
};

const bare = {
  name: 'bare process',
  note: '',
  run: () => once(spawn('/usr/bin/true', { stdio: ['ignore', 'pipe', 'pipe'], env: {} }), 'close'),
};

const measure = async (run: () => Promise<unknown>): Promise<number[]> => {
  const took: number[] = [];
  for (let number = -5; number < runs; number++) {
    const started = performance.now();
    await run();
    if (number >= 0) took.push(performance.now() - started);
  }
  return took.toSorted((a, b) => a - b);
};

try {
  const repo = repository();
  const rows = [bare, await open('none', repo), await open('auto', repo)];
  const at = (sorted: readonly number[], share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  process.stdout.write(
    `load ${loadavg()
      .map((value) => value.toFixed(1))
      .join(' ')}, ${runs} runs each\n`,
  );
  let base: readonly number[] = [];
  for (const { name, note, run } of rows) {
    const took = await measure(run);
    if (base.length === 0) base = took;
    const [p50, p95] = [at(took, 0.5), at(took, 0.95)];
    const more = `${(p50 - at(base, 0.5)).toFixed(1)} / ${(p95 - at(base, 0.95)).toFixed(1)} ms more, ${(p50 / at(base, 0.5)).toFixed(1)}x`;
    process.stdout.write(`${name.padEnd(14)} p50 ${p50.toFixed(1)} ms  p95 ${p95.toFixed(1)} ms  ${more}  ${note}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
