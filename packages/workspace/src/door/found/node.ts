import { found, type Ecosystem, type Install, type Top } from './top.ts';

/** Projects with a package.json: npm, pnpm, and yarn in both of its kinds; workspaces whose root has no test of its own run those of all. */
export const node: Ecosystem = {
  check: async (top) => {
    const manager = await managerOf(top);
    const manifest = await manifestOf(top);
    if (hasTest(manifest)) return found(`${program(manager)} test`, [program(manager), 'test']);
    const isWorkspace = 'workspaces' in manifest || top.names.has('pnpm-workspace.yaml');
    if (!isWorkspace || !(await anyPackageHasTest(top))) return null;
    const argv = ofAllPackages[manager];
    return found(argv.join(' '), [...argv]);
  },
  install: async (top) => {
    const lock = locks.find(([name]) => top.names.has(name));
    const manager = await managerOf(top);
    if (lock) return { lockfile: lock[0], argv: frozen[manager] };
    const manifest = await manifestOf(top);
    const needs = ['dependencies', 'devDependencies'].some((key) => Object.keys(manifest[key] ?? {}).length > 0);
    if (!needs && !('workspaces' in manifest)) return null;
    return { lockfile: null, argv: unlocked[manager] } satisfies Install;
  },
};

type Manager = 'npm' | 'pnpm' | 'yarn' | 'yarn berry';

const locks = [
  ['pnpm-lock.yaml', 'pnpm'],
  ['yarn.lock', 'yarn'],
  ['package-lock.json', 'npm'],
  ['npm-shrinkwrap.json', 'npm'],
] as const;

const frozen: Readonly<Record<Manager, readonly string[]>> = {
  npm: ['npm', 'ci'],
  pnpm: ['pnpm', 'install', '--frozen-lockfile'],
  yarn: ['yarn', 'install', '--frozen-lockfile'],
  'yarn berry': ['yarn', 'install', '--immutable'],
};

const unlocked: Readonly<Record<Manager, readonly string[]>> = {
  npm: ['npm', 'install', '--no-package-lock'],
  pnpm: ['pnpm', 'install', '--no-lockfile'],
  yarn: ['yarn', 'install', '--no-lockfile'],
  'yarn berry': ['yarn', 'install'],
};

const ofAllPackages: Readonly<Record<Manager, readonly string[]>> = {
  npm: ['npm', 'test', '--workspaces', '--if-present'],
  pnpm: ['pnpm', '--recursive', '--if-present', 'test'],
  yarn: ['yarn', 'workspaces', 'run', 'test'],
  'yarn berry': ['yarn', 'workspaces', 'foreach', '--all', 'run', 'test'],
};

const program = (manager: Manager): string => manager.replace(' berry', '');

/** By the lock file, else by what package.json says, else npm. */
const managerOf = async (top: Top): Promise<Manager> => {
  const said = (await manifestOf(top))['packageManager'];
  const [, named, major] = /^(npm|pnpm|yarn)@(\d+)/.exec(typeof said === 'string' ? said : '') ?? [];
  const locked = locks.find(([name]) => top.names.has(name))?.[1];
  const manager = locked ?? named ?? 'npm';
  if (manager !== 'yarn') return manager as Manager;
  const isBerry =
    top.names.has('.yarnrc.yml') ||
    (named === 'yarn' && Number(major) > 1) ||
    /^__metadata:/m.test(await top.text('yarn.lock'));
  return isBerry ? 'yarn berry' : 'yarn';
};

const manifestOf = async (top: Top): Promise<Record<string, unknown>> => parsed(await top.text('package.json'));

const parsed = (text: string): Record<string, unknown> => {
  try {
    const manifest: unknown = JSON.parse(text);
    return typeof manifest === 'object' && manifest !== null ? (manifest as Record<string, unknown>) : {};
  } catch {
    return {};
  }
};

const hasTest = ({ scripts }: Record<string, unknown>): boolean => {
  const test: unknown = typeof scripts === 'object' && scripts !== null && 'test' in scripts ? scripts.test : undefined;
  // npm init writes a test that always fails.
  return typeof test === 'string' && !/no test specified/.test(test);
};

const anyPackageHasTest = async (top: Top): Promise<boolean> => {
  const manifests = top.files.filter((file) => /^(?:[^/]+\/){1,3}package\.json$/.test(file)).slice(0, 50);
  const texts = await Promise.all(manifests.map((file) => top.text(file)));
  return texts.some((text) => hasTest(parsed(text)));
};
