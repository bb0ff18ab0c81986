import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { calm, createTestArtefacts, tempFolder } from '../../testing.ts';
import { openGroups } from '../groups.ts';
import { runCommand, type Surroundings } from '../runner.ts';
import { createSpares } from '../../setup-spares.ts';
import { gluttonArgv, gluttons, tightLimits } from '../probes/exhaust.ts';
import { findSandbox } from '../sandbox.ts';
import { endControlGroups, findControlGroups, type ControlGroups } from './control-groups.ts';
import { controlGroupName } from './limiter.ts';

/** Long enough that whoever only looks now and then sees it; it ends with its limit. */
const holdSeconds = 50;

const hasPython = existsSync('/usr/bin/python3');
if (!hasPython) process.stdout.write('limits: not tested, there is no /usr/bin/python3\n');

const surroundings = async (mode: 'auto' | 'none', control: ControlGroups | null) => {
  const home = join(tempFolder(), 'home');
  const path = '/usr/local/bin:/usr/bin:/bin';
  const sandbox = await findSandbox({
    mode,
    home,
    path: path.split(':'),
    userHome: undefined,
    env: {},
    incarnation: 'limits',
  });
  const { artefacts } = createTestArtefacts();
  const incarnation = `limits-${process.pid}-${mode}`;
  const groups = await openGroups(home, incarnation, []);
  const limiter = { limits: tightLimits, control };
  const granted = () => ({ setup: [], checks: [] });
  const env = { PATH: path };
  const around: Surroundings = {
    home,
    host: 'here',
    env,
    tools: {},
    granted,
    sandbox,
    limiter,
    groups,
    incarnation,
    artefacts,
    spares: createSpares(),
  };
  let made = 0;
  return (argv: readonly string[]) => {
    const scratch = join(home, 'worktrees', String(made++));
    const worktree = join(scratch, 'tree');
    mkdirSync(worktree, { recursive: true });
    return runCommand(around, {
      argv,
      worktree,
      scratch,
      readOnly: [],
      extra: {},
      passEnv: [],
      network: 'none',
      timeoutMs: 60_000,
      signal: calm,
    });
  };
};

const groupsLeft = (control: ControlGroups, prefix: string): string[] =>
  control.parents.flatMap((parent) => readdirSync(parent)).filter((name) => name.startsWith(prefix));

for (const held of ['control groups', 'watching'] as const)
  for (const mode of ['auto', 'none'] as const)
    test.runIf(hasPython)(
      `whoever takes too much is stopped and told its limit: ${held}, sandbox ${mode}`,
      async () => {
        const control =
          held === 'watching' ? null : await findControlGroups(`hive.limits-${process.pid}.try`, tightLimits);
        if (held === 'control groups' && !control) {
          process.stdout.write('limits by control groups: not tested, none can be made here\n');
          return;
        }
        const run = await surroundings(mode, control);
        const ran = await Promise.all(
          gluttons.map(async (glutton) => {
            const { infra, reason = '', exit } = await run(gluttonArgv(glutton, holdSeconds));
            const told = reason.includes(glutton.says) ? glutton.says : `${reason} (exit ${exit})`;
            return { name: glutton.name, infra, told };
          }),
        );
        if (control) expect(groupsLeft(control, `hive.limits-${process.pid}-${mode}.`)).toEqual([]);
        expect(ran).toEqual(gluttons.map(({ name, infra, says }) => ({ name, infra, told: says })));
      },
    );

test('death by somebody else is not told as a limit, and a red exit stays red', async () => {
  const run = await surroundings('none', null);
  expect(await run(['sh', '-c', 'kill -9 $$'])).toMatchObject({
    infra: 'infra.oom',
    reason: expect.stringContaining('neither by a limit of Hive') as string,
  });
  expect(await run(['sh', '-c', 'exit 3'])).toMatchObject({ exit: 3 });
});

test('groups that a killed process left are ended with all that is in them', async () => {
  const control = await findControlGroups(`hive.limits-${process.pid}.try`, tightLimits);
  if (!control) return void process.stdout.write('left control groups: not tested, none can be made here\n');
  const name = controlGroupName(`gone-${process.pid}.1`);
  control.create(name, tightLimits);
  const other = controlGroupName(`gone-${process.pid}x.1`);
  const kept = control.create(other, tightLimits);
  await endControlGroups(control.parents, controlGroupName(`gone-${process.pid}.`));
  const [parent = ''] = control.parents;
  expect([existsSync(join(parent, name)), existsSync(join(parent, other))]).toEqual([false, true]);
  await kept.end();
  expect(existsSync(join(parent, other))).toBe(false);
});

test('a folder that is no file system of control groups is none', async () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'memory.max'), '');
  await endControlGroups([folder, join(folder, 'nowhere')], 'hive.');
  expect(readdirSync(folder)).toEqual(['memory.max']);
});
