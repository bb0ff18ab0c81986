import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createWorkspace } from '../src/workspace.ts';

/**
 * What a command costs more than the bare process: `npx nx bench workspace [runs]` runs `true` by turns: bare, with limits only, and in the
 * sandbox where there is one. What a run took beyond the usual time of the bare process is what it costs more; the aim is 50 ms at the 95th percentile on
 * an idle machine.
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
    env: { PATH: process.env['PATH'] },
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

/** All of them by turns, so that whatever else the machine does meets each alike: for each how long its runs took. */
const measure = async (rows: readonly { readonly run: () => Promise<unknown> }[]): Promise<number[][]> => {
  const took = rows.map((): number[] => []);
  for (let number = -5; number < runs; number++)
    for (const [at, { run }] of rows.entries()) {
      const started = performance.now();
      await run();
      if (number >= 0) took[at]?.push(performance.now() - started);
    }
  return took;
};

const at = (numbers: readonly number[], share: number) =>
  numbers.toSorted((a, b) => a - b)[Math.floor((numbers.length - 1) * share)] ?? 0;
const tell = (numbers: readonly number[]) =>
  `p50 ${at(numbers, 0.5).toFixed(1).padStart(5)} ms  p95 ${at(numbers, 0.95).toFixed(1).padStart(5)} ms`;

try {
  const repo = repository();
  const rows = [bare, await open('none', repo), await open('auto', repo)];
  const all = await measure(rows);
  const load = loadavg().map((value) => value.toFixed(1));
  process.stdout.write(`${runs} runs each, by turns, load ${load.join(' ')}\n`);
  const usual = at(all[0] ?? [], 0.5);
  for (const [index, { name, note }] of rows.entries()) {
    const took = all[index] ?? [];
    const more = index === 0 ? '' : `  more than the bare process: ${tell(took.map((ms) => ms - usual))}  ${note}`;
    process.stdout.write(`${name.padEnd(14)} ${tell(took)}${more}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
