import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';

const checkout = join(import.meta.dirname, '../../..');
let root: string;
const write = (file: string, content: string): void => {
  mkdirSync(dirname(join(root, file)), { recursive: true });
  writeFileSync(join(root, file), content);
};
const says = (text: string): string => `console.log(${JSON.stringify(text)}, process.argv.slice(2).join(' '));`;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hive-door-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'apps/cli/bin'), { recursive: true });
  copyFileSync(join(checkout, 'hive'), join(root, 'hive'));
  copyFileSync(join(import.meta.dirname, 'hive.mjs'), join(root, 'apps/cli/bin/hive.mjs'));
  for (const name of readdirSync(join(checkout, 'tools')).filter((file) => file.startsWith('build-'))) {
    cpSync(join(checkout, 'tools', name), join(root, 'tools', name), { recursive: true });
  }
  write('package.json', '{"type":"module"}');
  write('package-lock.json', '{}');
  write('tsconfig.base.json', '{}');
  write('apps/cli/package.json', '{"type":"module"}');
  write('apps/cli/src/main.ts', says('from source'));
});

const install = (): void => {
  write('node_modules/.package-lock.json', '{}');
  mkdirSync(join(root, 'node_modules/.bin'));
  symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
};

describe('./hive', () => {
  const launch = (path: string, env = process.env) =>
    spawnSync(path, ['show', 'a b'], { cwd: tmpdir(), encoding: 'utf8', env });

  test('works from elsewhere through a chain of links', () => {
    install();
    mkdirSync(join(root, 'bin'));
    symlinkSync('../hive', join(root, 'bin/one'));
    symlinkSync(join(root, 'bin/one'), join(root, 'bin/two'));
    expect(launch(join(root, 'bin/two')).stdout).toBe('from source show a b\n');
  });

  test('takes the Node in PATH where the clone has none', () => {
    install();
    rmSync(join(root, 'node_modules/.bin/node'));
    const path = [dirname(process.execPath), '/usr/bin', '/bin'].join(delimiter);
    expect(launch(join(root, 'hive'), { PATH: path }).stdout).toBe('from source show a b\n');
  });

  test('says what to run when nothing is installed', () => {
    const { status, stderr } = launch(join(root, 'hive'));
    expect(status).toBe(78);
    expect(stderr).toBe(
      `Hive is not installed in ${root} yet: run npm start there first (or node tools/bootstrap.mjs).\n`,
    );
  });
});

describe('the guard', () => {
  const guard = () => execFileSync(process.execPath, [join(root, 'apps/cli/bin/hive.mjs')], { encoding: 'utf8' });

  test('runs the bundle only while it is what the sources say', async () => {
    const { sourceHash, writeStamp } = await import(join(checkout, 'tools/build-stamp.mjs'));
    write('apps/cli/dist/main.js', says('from bundle'));
    writeStamp(root, 'apps/cli', sourceHash(root, 'apps/cli'));
    expect(guard()).toContain('from bundle');
    write('apps/cli/src/main.ts', says('from newer source'));
    expect(guard()).toContain('from newer source');
  });

  test('runs the bundle where there are no sources, and compiles it once', () => {
    write('apps/cli/dist/main.js', says('from bundle'));
    rmSync(join(root, 'apps/cli/src'), { recursive: true });
    expect(guard()).toContain('from bundle');
    expect(readdirSync(join(root, 'apps/cli/dist/compiled'))).not.toEqual([]);
    expect(guard()).toContain('from bundle');
  });
});

const oldNode = (process.env['PATH'] ?? '')
  .split(delimiter)
  .map((folder) => join(folder, 'node'))
  .find((node) => {
    const { error, stdout } = spawnSync(node, ['-p', 'process.versions.node'], { encoding: 'utf8' });
    return !error && Number(stdout.split('.')[0]) < 24;
  });
if (!oldNode) process.stderr.write('guard on an older Node: skipped, no Node below 24 in PATH\n');

describe.skipIf(!oldNode || process.platform !== 'linux')('the guard on an older Node', () => {
  const bundle = (): void => {
    mkdirSync(join(root, `node_modules/node-linux-${process.arch}/bin`), { recursive: true });
    symlinkSync(process.execPath, join(root, `node_modules/node-linux-${process.arch}/bin/node`));
  };
  const start = () =>
    spawn(oldNode ?? '', [join(root, 'apps/cli/bin/hive.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });

  test('hands over to the bundled one and ends with its code', async () => {
    bundle();
    write('apps/cli/src/main.ts', 'process.exit(Number(process.versions.node.split(".")[0]) >= 24 ? 3 : 9)');
    expect((await once(start(), 'exit'))[0]).toBe(3);
  });

  test.each(['SIGTERM', 'SIGHUP', 'SIGINT'] as const)('passes on %s and waits for the end', async (signal) => {
    bundle();
    write(
      'apps/cli/src/main.ts',
      `setInterval(() => {}, 1000); process.on('${signal}', () => process.exit(7)); console.log('ready')`,
    );
    const child = start();
    await once(child.stdout, 'data');
    child.kill(signal);
    expect((await once(child, 'exit'))[0]).toBe(7);
  });

  test('says the sentence and ends with 78 without one', () => {
    const { status, stderr } = spawnSync(oldNode ?? '', [join(root, 'apps/cli/bin/hive.mjs')], { encoding: 'utf8' });
    expect(status).toBe(78);
    expect(stderr).toMatch(/^Hive needs Node 24 or newer; found \d+\.\d+\.\d+\. Install it from https:\/\/nodejs\.org/);
  });
});
