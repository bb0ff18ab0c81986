import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { splitPath } from '../command/environment.ts';
import { findChecks, findSetup } from '../door/find-checks.ts';
import { openRepo } from '../door/repo.ts';
import { calm, createTestRepo, createTestWorkspace, plain, tempFolder, type Files } from '../testing.ts';

/** Packs a package for npm that answers a word. */
const packNode = (): Buffer => {
  const folder = tempFolder();
  const manifest = { name: 'steady', version: '1.0.0', main: 'steady.js' };
  mkdirSync(join(folder, 'package'));
  writeFileSync(join(folder, 'package/package.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'package/steady.js'), `module.exports = 'steady';\n`);
  execFileSync('tar', ['-czf', join(folder, 'steady.tgz'), '-C', folder, 'package']);
  return readFileSync(join(folder, 'steady.tgz'));
};

const wheelName = 'steady-1.0.0-py3-none-any.whl';
const info = 'steady-1.0.0.dist-info';
const metadata = 'Metadata-Version: 2.1\nName: steady\nVersion: 1.0.0\n';
const writeWheel = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as wheel:
    files = {
        'steady.py': "WORD = 'steady'\\n",
        '${info}/METADATA': sys.argv[2],
        '${info}/WHEEL': 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n',
    }
    for name, text in files.items():
        wheel.writestr(name, text)
    wheel.writestr('${info}/RECORD', ''.join(name + ',,\\n' for name in [*files, '${info}/RECORD']))
`;

const packPython = (env: NodeJS.ProcessEnv): Buffer => {
  const wheel = join(tempFolder(), wheelName);
  execFileSync('python3', ['-c', writeWheel, wheel, metadata], { env });
  return readFileSync(wheel);
};

const digest = (of: 'sha1' | 'sha256' | 'sha512', bytes: Buffer, as: 'hex' | 'base64') =>
  createHash(of).update(bytes).digest(as);

/** The registries of npm and of Python on one port of loopback, each with one package. */
const openRegistry = async (tarball: Buffer, wheel: Buffer | null) => {
  const asked: string[] = [];
  let address = '';
  const packument = () => {
    const dist = {
      tarball: `${address}/steady/-/steady-1.0.0.tgz`,
      shasum: digest('sha1', tarball, 'hex'),
      integrity: `sha512-${digest('sha512', tarball, 'base64')}`,
    };
    const version = { name: 'steady', version: '1.0.0', main: 'steady.js', dist };
    const time = { modified: '2020-01-01T00:00:00.000Z', '1.0.0': '2020-01-01T00:00:00.000Z' };
    return { name: 'steady', 'dist-tags': { latest: '1.0.0' }, versions: { '1.0.0': version }, time };
  };
  const server = createServer((request, answer) => {
    const path = (request.url ?? '').replace(/\?.*/, '');
    asked.push(path);
    const send = (type: string, body: string | Buffer) => answer.writeHead(200, { 'content-type': type }).end(body);
    if (path === '/steady') send('application/json', JSON.stringify(packument()));
    else if (path === '/steady/-/steady-1.0.0.tgz') send('application/octet-stream', tarball);
    else if (wheel && path === '/simple/steady/')
      send('text/html', `<a href="/files/${wheelName}#sha256=${digest('sha256', wheel, 'hex')}">${wheelName}</a>`);
    else if (wheel && path === `/files/${wheelName}`) send('application/octet-stream', wheel);
    else answer.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { address, asked };
};

/** One kind of project: whether its tool is there, its files, the commands that write its lock file, and the check that is found. */
type Kind = {
  readonly name: string;
  readonly probe: readonly string[];
  /** What the answer of the probe has to look like. */
  readonly version?: RegExp;
  readonly files: (address: string) => Files;
  readonly lock: (address: string) => readonly (readonly string[])[];
  readonly check: string;
};

const manifest = JSON.stringify({
  ...{ name: 'app', version: '1.0.0', private: true, scripts: { test: 'node test.js' } },
  dependencies: { steady: '1.0.0' },
});
const node = (more: Files = {}): Files => ({
  'package.json': manifest,
  'test.js': `if (require('steady') !== 'steady') process.exit(1);\nconsole.log('found it');\n`,
  '.gitignore': 'node_modules\n.yarn\n.pnp.*\n',
  ...more,
});
const python = (more: Files): Files => ({
  'test_app.py':
    'import unittest\n\nimport steady\n\n\nclass T(unittest.TestCase):\n    def test_word(self):\n        self.assertEqual(steady.WORD, "steady")\n        print("found it")\n',
  '.gitignore': '.venv\n__pycache__\n',
  ...more,
});
const project =
  '[project]\nname = "app"\nversion = "1.0.0"\nrequires-python = ">=3.9"\ndependencies = ["steady==1.0.0"]\n';

const kinds: readonly Kind[] = [
  {
    name: 'npm',
    probe: ['npm', '--version'],
    files: () => node(),
    lock: () => [['npm', 'install', '--package-lock-only']],
    check: 'npm test',
  },
  {
    name: 'pnpm',
    probe: ['pnpm', '--version'],
    files: () => node(),
    lock: () => [['pnpm', 'install', '--lockfile-only']],
    check: 'pnpm test',
  },
  {
    name: 'yarn 1',
    probe: ['yarn', '--version'],
    version: /^1\./,
    files: () => node(),
    lock: () => [['yarn', 'install', '--silent']],
    check: 'yarn test',
  },
  {
    name: 'yarn',
    probe: ['yarn', '--version'],
    version: /^(?:[3-9]|\d\d)\./,
    files: () =>
      node({
        'package.json': manifest.replace('node test.js', 'yarn node test.js'),
        '.yarnrc.yml': 'unsafeHttpWhitelist: ["127.0.0.1"]\nenableTelemetry: false\n',
        'yarn.lock': '',
      }),
    lock: () => [['yarn', 'install', '--mode=update-lockfile']],
    check: 'yarn test',
  },
  {
    name: 'pip',
    probe: ['python3', '-m', 'ensurepip', '--version'],
    files: () => python({ 'requirements.txt': 'steady==1.0.0\n' }),
    lock: () => [],
    check: 'python -m unittest discover',
  },
  {
    name: 'uv',
    probe: ['uv', '--version'],
    files: () => python({ 'pyproject.toml': project }),
    lock: () => [['uv', 'lock']],
    check: 'python -m unittest discover',
  },
  {
    name: 'poetry',
    probe: ['poetry', '--version'],
    files: (address) =>
      python({
        'pyproject.toml': `${project}[tool.poetry]\npackage-mode = false\n[[tool.poetry.source]]\nname = "own"\nurl = "${address}/simple/"\npriority = "primary"\n`,
      }),
    lock: () => [['poetry', 'lock']],
    check: 'python -m unittest discover',
  },
];

/** The tools as whoever runs the tests has them, with a home that names this registry and nothing else. */
const userOf = () => {
  const home = tempFolder();
  const path = [dirname(process.execPath), ...splitPath(process.env['PATH']).kept].join(delimiter);
  const env = { PATH: path, HOME: home, LANG: 'C.UTF-8', COREPACK_ENABLE_NETWORK: '0' };
  const tell = (address: string) => {
    const files = {
      '.npmrc': `registry=${address}/\n`,
      '.yarnrc.yml': `npmRegistryServer: "${address}"\n`,
      '.config/pip/pip.conf': `[global]\nindex-url = ${address}/simple/\n`,
      '.config/uv/uv.toml': `[[index]]\nname = "own"\nurl = "${address}/simple/"\ndefault = true\n`,
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(home, name)), { recursive: true });
      writeFileSync(join(home, name), text);
    }
  };
  return { env, tell };
};

const answerOf = ([file = '', ...args]: readonly string[], env: NodeJS.ProcessEnv, cwd: string): string | Error => {
  try {
    return execFileSync(file, args, { env, cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] }).trim();
  } catch (error) {
    return error as Error;
  }
};

test.each(kinds)(
  'the real $name: found, fetched once from the registry of the user, and there in each worktree',
  async (kind) => {
    const { env, tell } = userOf();
    const version = answerOf(kind.probe, env, tempFolder());
    if (version instanceof Error || kind.version?.test(version) === false) {
      const why = version instanceof Error ? (version.message.split('\n')[0] ?? '') : `it is ${version}`;
      process.stdout.write(`${kind.name}: not tested with the real tool, ${why}\n`);
      return;
    }
    const isPython = kind.check.startsWith('python');
    const { address, asked } = await openRegistry(packNode(), isPython ? packPython(env) : null);
    tell(address);
    const made = createTestRepo(kind.files(address));
    for (const [file = '', ...args] of kind.lock(address))
      await promisify(execFile)(file, args, { cwd: made.root, env });
    const base = made.commit({});
    const repo = await openRepo(made.root);
    const [setup, checks] = await Promise.all([findSetup(repo, base), findChecks(repo, base)]);
    expect(checks.map(({ argv }) => argv.join(' '))).toEqual([kind.check]);
    if (!setup) throw new Error('no setup was found');
    const { workspace } = createTestWorkspace({ sandbox: { mode: 'auto', allowUnsandboxed: false }, env });
    const sandbox = await workspace.sandbox();
    process.stdout.write(`${kind.name} ${version} with ${setup.argv.join(' ')}, sandbox ${sandbox.kind}\n`);

    asked.length = 0;
    const look = async () => {
      const tree = await workspace.open({ repo: made.root, base, ...plain, setup });
      const ran = await tree.run(checks[0]?.argv ?? [], { timeoutMs: 60_000, signal: calm });
      expect(ran.tail).toContain('found it');
      expect(ran.exit).toBe(0);
      expect(await tree.changedPaths()).toEqual([]);
      await tree.remove();
    };
    await look();
    // A sandboxed setup that says it is fetched from there has asked there.
    const fetched = asked.filter((path) => /\.(?:tgz|whl)$/.test(path)).length;
    expect(fetched).toBeGreaterThan(0);
    const all = asked.length;
    await look();
    expect(asked.length).toBe(all);
  },
  120_000,
);
