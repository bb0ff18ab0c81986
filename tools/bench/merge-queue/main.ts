/**
 * The merge queue on a real building: `--changes` (50) patches of which `--bad` (5) are green alone and red together with another one. With `--history DIR`
 * the others are the last commits of that repository up to `--to` (HEAD), else they are made up. Tells which were rejected, how many checks beyond one
 * per turn that took against the bound of 2 x log2(batch) for each, and whether the tree of the branch is that of the good ones applied in order.
 * Ends with 1 where one of these does not hold, and with a sentence after `--minutes` (15). With --json one document.
 */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { readRun, readToken } from '@hive/config';
import { createDeskClient } from '@hive/events';
import { history } from './history.ts';
import { planted, type Git } from './planted.ts';

const { values } = parseArgs({
  options: {
    changes: { type: 'string', default: '50' },
    bad: { type: 'string', default: '5' },
    batch: { type: 'string', default: '8' },
    history: { type: 'string' },
    to: { type: 'string', default: 'HEAD' },
    minutes: { type: 'string', default: '15' },
    json: { type: 'boolean', default: false },
  },
});
const [changes, bad, batch] = [Number(values.changes), Number(values.bad), Number(values.batch)];
const run = promisify(execFile);
const hive = join(import.meta.dirname, '../../../hive');

const folder = await mkdtemp(join(tmpdir(), 'hive-merge-queue-'));
const repo = join(folder, 'repo');
const home = join(folder, 'home');
const env = { ...process.env, HIVE_HOME: home, HIVE_PORT: '0' };
const identity = ['-c', 'user.name=bench', '-c', 'user.email=bench@localhost'];
const git: Git = async (...args) =>
  (await run('git', ['-C', repo, ...identity, ...args], { maxBuffer: 256 * 1024 * 1024 })).stdout.replace(/\n$/, '');

const until = Date.now() + Number(values.minutes) * 60_000;
const rest = async (ms: number): Promise<void> => {
  if (Date.now() > until) throw new Error(`not done after ${values.minutes} minutes`);
  await new Promise((resolve) => setTimeout(resolve, ms));
};

try {
  await mkdir(repo, { recursive: true });
  await mkdir(home);
  await writeFile(join(home, 'hive.yaml'), `hive: { policies: { merge: { batch: ${batch} } } }\n`);
  const from = values.history;
  const planned =
    from === undefined
      ? await planted(repo, git, { changes, bad })
      : await history(repo, git, { from: resolve(from), to: values.to, changes, bad });
  const patches = join(folder, 'patches');
  await mkdir(patches);
  for (const { key, patch } of planned) await writeFile(join(patches, key), patch);
  const tasks = planned.map(({ key, needs, isFirst }) => ({
    ...{ key, title: `Change ${key}`, patch: key, needs, redBefore: 'not_needed', priority: isFirst ? 1 : 0 },
  }));
  const plan = join(patches, 'plan.json');
  const check = from === undefined ? 'sh check.sh' : 'sh .notes-on-files/check.sh';
  // The check needs nothing that the repository would install.
  await writeFile(plan, JSON.stringify({ version: 1, setup: 'true', checks: [check], tasks }));

  const began = Date.now();
  await run(hive, ['up', '--detach'], { env });
  const url = readRun(home)?.url;
  const token = readToken(home)?.reveal();
  if (url === undefined || token === undefined) throw new Error('the building did not open');
  const desk = createDeskClient({ url, token });
  // Nothing is merged until all are approved on the same base: so the queue is what sees them together first.
  await desk.pauseSystem({ kind: 'merge' });
  const answer = await run(hive, ['run', 'Merge them', '--repo', repo, '--plan', plan, '--detach', '--json'], { env });
  const { workflow } = JSON.parse(answer.stdout) as { workflow: string };
  // Those that stand on others begin when these are in.
  const isWaiting = async () => {
    const { tasks } = await desk.workflow(workflow);
    const isDone = tasks.every(({ status }) => /^(?:reviewed|refused|pending)$/.test(status));
    return isDone && tasks.some(({ status }) => status === 'reviewed');
  };
  while (!(await isWaiting())) await rest(500);
  const approvedMs = Date.now() - began;
  await desk.resumeSystem({ kind: 'merge' });
  let result = await desk.workflow(workflow);
  for (; result.status === 'running'; result = await desk.workflow(workflow)) await rest(200);
  const ms = Date.now() - began - approvedMs;
  const events = await desk.trace(workflow);
  const keys = new Map(result.tasks.map(({ id, key }) => [id, key]));
  const keyOf = (id: string): string => keys.get(id) ?? id;
  const rejected = events.flatMap((it) => (it.type === 'merge.rejected' ? [keyOf(it.data.taskId)] : []));
  const order = events.flatMap((it) => (it.type === 'merge.completed' ? [keyOf(it.data.taskId)] : []));
  const checked = events.flatMap((it) => (it.type === 'merge.batch_checked' ? [it.data] : []));
  const bads = planned.flatMap(({ key, isBad }) => (isBad ? [key] : []));
  const turns = new Set(checked.map(({ taskId, token }) => `${taskId} ${token}`));
  const checks = checked.length;
  const extra = checks - turns.size;
  const bound = Math.floor(rejected.length * 2 * Math.log2(batch));
  const merged = await git('rev-parse', `${result.branch}^{tree}`);
  for (const { key, isBad } of planned) if (!isBad) await git('apply', '--index', join(patches, key));
  const applied = await git('write-tree');

  const figures = {
    ...{ changes, planted: bads.length, batch, approvedMs, ms, load: loadavg()[0], cores: cpus().length },
    ...{ rejected, turns: turns.size, checks, extra, bound, merged: order.length, tree: merged, applied },
    isExact: JSON.stringify(rejected.toSorted()) === JSON.stringify(bads.toSorted()),
    isSameTree: merged === applied && order.length === planned.length - bads.length,
  };
  if (values.json) console.log(JSON.stringify(figures));
  else {
    console.log(
      `${changes} changes, ${bads.length} of them bad, in batches of ${batch}: approved in ${approvedMs} ms, merged in ${ms} ms`,
    );
    console.log(
      `rejected      ${rejected.join(', ')} (${figures.isExact ? 'exactly those' : `planted: ${bads.join(', ')}`})`,
    );
    console.log(
      `checks        ${checks} in ${turns.size} turns; ${extra} beyond one each, at most ${bound} for the rejected`,
    );
    console.log(
      `merged        ${order.length}; the tree is ${figures.isSameTree ? '' : 'not '}that of the good ones applied in order: ${merged}${figures.isSameTree ? '' : ` and ${applied}`}`,
    );
  }
  if (!figures.isExact || !figures.isSameTree || extra > bound) process.exitCode = 1;
} finally {
  await run(hive, ['down'], { env }).catch(() => undefined);
  await rm(folder, { recursive: true, force: true });
}
