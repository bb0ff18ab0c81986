import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { mirrorName } from '../../git/mirror-name.ts';
import { defaultLimits, type CommandLimits } from '../limits/limits.ts';
import type { RunResult, SandboxState, Worktree } from '../../port.ts';
import { createWorkspace } from '../../workspace.ts';
import { driver, world } from './driver.ts';
import { gluttonArgv, gluttons, tightLimits } from './exhaust.ts';
import { probes, type Probe } from './probes.ts';

/** What became of a probe. `through` is an escape; `no control` means that it did not work outside either, and so proves nothing. */
export type Verdict = {
  readonly name: string;
  readonly tries: string;
  readonly verdict: 'held' | 'through' | 'no control' | 'not tried';
  /** How it failed inside, or why it was not tried. */
  readonly says: string;
};

/** Why nothing was tried, or a verdict for each probe. */
export type Report = { readonly sandbox: SandboxState; readonly verdicts: readonly Verdict[] };

const run = promisify(execFile);
const path = '/usr/local/bin:/usr/bin:/bin';
const secret = 'hive-probe-secret';
const calm = new AbortController().signal;
const maxBuffer = 16 * 1024 * 1024;

/**
 * Tries every probe in the sandbox of this machine, and outside as its control. `folder` is empty, of one's own, and used up. Nothing is done to the
 * machine that is not undone; as root more of them have a control.
 */
export const runProbes = async (folder: string): Promise<Report> => {
  const at = await setScene(folder);
  const { workspace, values, close } = at;
  try {
    const sandbox = await workspace.sandbox();
    if (sandbox.kind === 'none') return { sandbox, verdicts: notTried(sandbox.note) };
    if (!existsSync('/usr/bin/python3')) return { sandbox, verdicts: notTried('there is no /usr/bin/python3') };
    const tried = probes.filter(({ needs }) => needs !== 'root' || process.getuid?.() === 0);
    const early = await tryIn(at.tree, tried, values);
    const outside = await tryOut(folder, tried, values);
    // What was left behind inside has had more time by now than what was left outside, and that has acted.
    const inside = isPlanted(join(at.tree.dir, later)) ? new Map(early).set('daemon', null) : early;
    const verdicts = probes.map((probe): Verdict => {
      const { name, tries } = probe;
      if (!tried.includes(probe)) return { name, tries, verdict: 'not tried', says: 'its control needs root' };
      const [held = 'it left no trace', control] = [inside.get(name), outside.get(name)];
      if (held === null) return { name, tries, verdict: 'through', says: '' };
      if (control === null) return { name, tries, verdict: 'held', says: held };
      return probe.mayLack === undefined
        ? { name, tries, verdict: 'no control', says: control ?? 'it left no trace' }
        : { name, tries, verdict: 'not tried', says: `this machine has no ${probe.mayLack} (${control})` };
    });
    return { sandbox, verdicts };
  } finally {
    await close();
  }
};

const notTried = (says: string): Verdict[] =>
  [...probes, ...gluttons].map(({ name, tries }) => ({ name, tries, verdict: 'not tried', says }));

/** Tries every glutton: in the sandbox it has to be stopped by its limit, outside it has to come to its end. */
export const runGluttons = async (folder: string): Promise<Report> => {
  const { workspace, close, open: openTree } = await openScene(folder, tightLimits);
  try {
    const sandbox = await workspace.sandbox();
    if (sandbox.kind === 'none') return { sandbox, verdicts: [] };
    const verdicts = await Promise.all(
      gluttons.map(async (glutton): Promise<Verdict> => {
        const { name, tries, infra, says } = glutton;
        const tree = await openTree();
        const ran = await tree.run(gluttonArgv(glutton, 30), { timeoutMs: 60_000, signal: calm });
        const isHeld = ran.infra === infra && ran.reason?.includes(says) === true;
        if (!isHeld) return { name, tries, verdict: 'through', says: told(ran) };
        const cwd = join(folder, `outside-${name}`);
        await mkdir(cwd);
        const control = await run('python3', gluttonArgv(glutton, 0).slice(1), {
          cwd,
          env: { PATH: path },
          maxBuffer,
        }).then(
          () => null,
          (error: Error) => error.message,
        );
        return control === null
          ? { name, tries, verdict: 'held', says: told(ran) }
          : { name, tries, verdict: 'no control', says: control };
      }),
    );
    return { sandbox, verdicts };
  } finally {
    await close();
  }
};

const told = ({ reason, exit, tail }: RunResult): string => reason ?? `exit ${exit}: ${tail}`;

const openScene = async (folder: string, limits: CommandLimits) => {
  const [home, repo, incarnation] = [join(folder, 'hive'), join(folder, 'repo'), `probes-${process.pid}`];
  const git = async (...args: string[]) =>
    (
      await run('git', ['-c', 'user.name=Probe', '-c', 'user.email=probe@localhost', ...args], { cwd: repo })
    ).stdout.trim();
  await mkdir(repo, { recursive: true });
  await git('init', '--quiet');
  await writeFile(join(repo, 'a.txt'), 'a\n');
  await git('add', '--all');
  await git('commit', '--quiet', '-m', 'first');
  const base = await git('rev-parse', 'HEAD');
  const workspace = createWorkspace({
    home,
    artefacts: { put: async () => '', get: async () => new Uint8Array() },
    sandbox: { mode: 'auto', allowUnsandboxed: true, limits },
    agent: 'probes',
    incarnation,
    env: { PATH: path, HIVE_PROBE: secret },
  });
  const openTree = (): Promise<Worktree> =>
    workspace.open({ repo, base, setup: null, modelAuthored: true, passEnv: [], signal: calm });
  return { home, repo, workspace, open: openTree, close: () => workspace.cleanUp(incarnation) };
};

/** Files that are there to be reached, or to be written where nothing may be written. */
const setScene = async (folder: string) => {
  const outside = join(folder, 'outside');
  await mkdir(join(outside, 'user', '.ssh'), { recursive: true });
  const [token, key] = [join(folder, 'hive', 'token'), join(outside, 'user', '.ssh', 'id_ed25519')];
  await mkdir(join(folder, 'hive'), { recursive: true });
  for (const file of [token, key, join(outside, 'canary')]) await writeFile(file, 'canary', { mode: 0o600 });
  const linked = [join(outside, 'linked'), join(outside, 'hard')];
  for (const file of linked) await writeFile(file, 'safe');
  const people = spawn('python3', ['-c', world, outside], {
    cwd: outside,
    env: { PATH: path, HIVE_PROBE: secret },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const found = await firstLine(people);
  const mirror = join(folder, 'hive', 'mirrors', `${mirrorName(join(folder, 'repo'))}.git`);
  const values: Record<string, string> = {
    ...found,
    PROBE_HIVE_PID: String(process.pid),
    PROBE_SSH_KEY: key,
    PROBE_TOKEN: token,
    PROBE_HIVE_HOME: join(folder, 'hive'),
    PROBE_MIRROR: mirror,
    PROBE_REPO: join(folder, 'repo'),
    PROBE_USR: `/usr/.hive-probe-${process.pid}`,
    PROBE_ETC: `/etc/.hive-probe-${process.pid}`,
    PROBE_PLANT_HOME: join(folder, 'hive', 'planted'),
    PROBE_PLANT_REF: join(mirror, 'refs', 'heads', 'planted'),
    PROBE_PLANT_HOOK: join(folder, 'repo', '.git', 'hooks', 'post-checkout'),
    PROBE_PLANT_TMP: join(tmpdir(), `hive-probe-${process.pid}`),
    PROBE_PLANT_LINKED: linked[0] ?? '',
    PROBE_PLANT_HARD: linked[1] ?? '',
    PROBE_PLANT_MOVED: join(outside, 'moved'),
  };
  const scene = await openScene(folder, defaultLimits);
  const close = async () => {
    people.stdin.end();
    if (people.exitCode === null) await once(people, 'exit');
    for (const name of ['PROBE_USR', 'PROBE_ETC', 'PROBE_PLANT_TMP']) await rm(values[name] ?? '', { force: true });
    await scene.close();
  };
  try {
    const [other, tree] = [await scene.open(), await scene.open()];
    values['PROBE_OTHER_TREE'] = join(other.dir, 'a.txt');
    values['PROBE_BESIDE'] = join(tree.dir, '..');
    values['PROBE_PLANT_BESIDE'] = join(tree.dir, '..', 'planted');
    return { ...scene, tree, values, close };
  } catch (error) {
    await close();
    throw error;
  }
};

const firstLine = async (child: ReturnType<typeof spawn>): Promise<Record<string, string>> => {
  if (!child.stdout) throw new Error('no output');
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line) as Record<string, string>;
  throw new Error('The process that probes try to reach did not start');
};

type Complaints = ReadonlyMap<string, string | null>;
type Values = Readonly<Record<string, string>>;

const later = 'later';

/** Writes down what is tried and where everything is, for the driver that will run in `cwd`. */
const prepare = async (cwd: string, tried: readonly Probe[], values: Values): Promise<Values> => {
  const own = { ...values, PROBE_LATER: join(cwd, later) };
  await writeFile(join(cwd, 'probes.json'), JSON.stringify({ probes: tried, env: own }));
  return own;
};

const tryIn = async (tree: Worktree, tried: readonly Probe[], values: Values): Promise<Complaints> => {
  const own = await prepare(tree.dir, tried, values);
  const canary = await open(values['PROBE_TOKEN'] ?? '');
  try {
    const ran = await tree.run(['python3', '-c', driver, 'in'], { timeoutMs: 120_000, signal: calm });
    if (ran.exit !== 0) throw new Error(`The probes did not run: ${told(ran)}`);
    return judged(tree.dir, tried, own);
  } finally {
    await canary.close();
  }
};

const tryOut = async (folder: string, tried: readonly Probe[], values: Values): Promise<Complaints> => {
  const cwd = join(folder, 'outside', 'control');
  await mkdir(cwd);
  const own = await prepare(cwd, tried, values);
  const canary = await open(join(folder, 'outside', 'canary'));
  const stdio = ['ignore', 'ignore', 'inherit', canary.fd] as const;
  const child = spawn('python3', ['-c', driver, 'out'], { cwd, env: { PATH: path }, stdio: [...stdio] });
  await once(child, 'exit');
  await canary.close();
  for (let round = 0; round < 200 && !isPlanted(join(cwd, later)); round++) await delay(50);
  return judged(cwd, tried, own);
};

/** A probe with a witness is judged by that alone. */
const judged = (cwd: string, tried: readonly Probe[], values: Values): Complaints => {
  const text = readFileSync(join(cwd, 'report.json'), 'utf8');
  const said = new Map(Object.entries(JSON.parse(text) as Record<string, string | null>));
  return new Map(
    tried.map(({ name, witness }) => {
      if (witness === undefined) return [name, said.get(name) ?? null];
      return [name, isPlanted(values[witness]) ? null : (said.get(name) ?? 'what it wrote did not arrive')];
    }),
  );
};

const isPlanted = (file = ''): boolean => existsSync(file) && readFileSync(file, 'utf8').includes('planted');
