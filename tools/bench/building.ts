/**
 * The whole building on SQLite, started as a user starts it: how long a chain of eight trivial commands takes from submission to
 * `workflow.completed`, and what the building costs when it has nothing to do. Prints a table, and JSON with --json.
 *
 * Memory is the sum of PSS (pages shared between processes counted once), processor time that of all processes, both from /proc.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const hive = join(root, 'hive');
const rounds = 5;
const idleMs = 30_000;
const tickMs = 10;

const folder = await mkdtemp(join(tmpdir(), 'hive-bench-'));
const repo = join(folder, 'repo');
const env = { ...process.env, HIVE_HOME: join(folder, 'home'), HIVE_PORT: '0' };

const processes = async (parent: number): Promise<number[]> => {
  const children: number[] = [];
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = await readFile(`/proc/${name}/stat`, 'utf8').catch(() => '');
    if (Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent) children.push(Number(name));
  }
  return [parent, ...(await Promise.all(children.map(processes))).flat()];
};

const pssMb = async (pid: number): Promise<number> =>
  Number(/^Pss:\s+(\d+)/m.exec(await readFile(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0) / 1024;

const processorMs = async (pid: number): Promise<number> => {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
};

const sum = async (pids: readonly number[], measure: (pid: number) => Promise<number>): Promise<number> =>
  (await Promise.all(pids.map(measure))).reduce((total, one) => total + one, 0);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

const prepare = async (): Promise<string> => {
  await mkdir(repo);
  await writeFile(join(repo, 'README.md'), 'bench\n');
  for (const args of [
    ['init', '-q'],
    ['add', '.'],
    ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost', 'commit', '-qm', 'base'],
  ])
    await run('git', ['-C', repo, ...args]);
  const tasks = Array.from({ length: 8 }, (_, n) => ({
    key: `t${n}`,
    title: `Command ${n}`,
    kind: 'command',
    run: 'true',
    needs: n === 0 ? [] : [`t${n - 1}`],
  }));
  const plan = join(folder, 'plan.json');
  await writeFile(plan, JSON.stringify({ version: 1, checks: ['true'], tasks }));
  return plan;
};

type Event = { readonly type: string; readonly at: string };

const chainMs = async (plan: string): Promise<number> => {
  const { stdout } = await run(hive, ['run', 'Eight commands', '--repo', repo, '--plan', plan, '--json'], { env });
  const { workflow } = JSON.parse(stdout) as { workflow: string };
  const events = (await run(hive, ['trace', workflow, '--json'], { env })).stdout;
  const all = JSON.parse(events) as Event[];
  const at = (type: string) => Date.parse(all.find((event) => event.type === type)?.at ?? '');
  return at('workflow.completed') - at('workflow.submitted');
};

const plan = await prepare();
const up = spawn(hive, ['up'], { env, stdio: 'ignore' });
const ended = new Promise((resolve) => up.once('exit', resolve));
try {
  for (let tries = 0; tries < 100; tries++) {
    if (
      await run(hive, ['status', '--json'], { env }).then(
        () => true,
        () => false,
      )
    )
      break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const chains: number[] = [];
  for (let round = 0; round < rounds; round++) chains.push(await chainMs(plan));
  const pids = await processes(up.pid ?? 0);
  const before = await sum(pids, processorMs);
  await new Promise((resolve) => setTimeout(resolve, idleMs));
  const percent = (((await sum(pids, processorMs)) - before) / idleMs) * 100;
  const figures = {
    chainMs: { median: median(chains), rounds: chains },
    idle: {
      processes: pids.length,
      pssMb: Math.round(await sum(pids, pssMb)),
      processorPercent: Number(percent.toFixed(2)),
    },
  };
  if (process.argv.includes('--json')) console.log(JSON.stringify(figures));
  else {
    console.log(`eight commands in a chain   ${figures.chainMs.median} ms (median of ${rounds}: ${chains.join(', ')})`);
    console.log(
      `idle                        ${figures.idle.pssMb} MB PSS in ${figures.idle.processes} processes, ${figures.idle.processorPercent} % of a core`,
    );
  }
} finally {
  up.kill('SIGTERM');
  await ended;
  await rm(folder, { recursive: true, force: true });
}
