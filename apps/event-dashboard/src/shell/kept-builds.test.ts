import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openShell } from './open-shell.ts';

const inFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'hive-builds-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [root, kept] = [join(folder, 'dist'), join(folder, 'web')];
  const troubles: unknown[] = [];
  const build = (n: number) => {
    rmSync(root, { recursive: true, force: true });
    mkdirSync(join(root, 'assets'), { recursive: true });
    for (const [name, text] of [
      ['index.html', `<script src="/assets/page-${n}.js"></script>`],
      ['sw.js', `// ${n}`],
      [`assets/page-${n}.js`, `export default ${n};`],
      [`assets/page-${n}.js.br`, 'compressed'],
    ] as const)
      writeFileSync(join(root, name), text);
  };
  const open = () => openShell({ root, kept, onTrouble: (error) => troubles.push(error) });
  return { root, kept, build, open, troubles };
};

const textOf = (shell: Awaited<ReturnType<typeof openShell>>, address: string) => {
  const file = shell.file(address);
  return file && readFileSync(file.path, 'utf8');
};

test('the chunks of the last three builds are served, the page only of the newest', async () => {
  const { kept, build, open } = inFolder();
  const names: (string | null)[] = [];
  for (const n of [1, 2, 3, 4]) {
    build(n);
    names.push((await open()).build);
    await new Promise((passed) => setTimeout(passed, 5)); // they are told apart by when they were served last
  }
  expect(new Set(names).size).toBe(4);
  const shell = await open();
  expect(shell.build).toBe(names[3]);
  expect([2, 3, 4].map((n) => textOf(shell, `/assets/page-${n}.js`))).toEqual(
    [2, 3, 4].map((n) => `export default ${n};`),
  );
  expect(shell.file('/assets/page-2.js')?.br).toMatch(/page-2\.js\.br$/);
  expect(shell.file('/assets/page-1.js')).toBeNull();
  expect(shell.file('/assets/page-4.js.br')).toBeNull();
  expect(textOf(shell, '/index.html')).toContain('page-4');
  expect(readdirSync(kept).sort()).toEqual(names.slice(1).sort());
});

test('a build that is made anew under a running Hive changes nothing there', async () => {
  const { build, open } = inFolder();
  build(1);
  const shell = await open();
  build(2);
  expect([textOf(shell, '/index.html'), textOf(shell, '/assets/page-1.js')]).toEqual([
    expect.stringContaining('page-1'),
    'export default 1;',
  ]);
});

test('what a process left that ended while it copied is removed', async () => {
  const { kept, build, open } = inFolder();
  build(1);
  mkdirSync(join(kept, '.making-x'), { recursive: true });
  const shell = await open();
  expect(readdirSync(kept)).toEqual([shell.build]);
});

test('a build that cannot be kept is served from where it is, and somebody hears of it', async () => {
  const { kept, build, open, troubles } = inFolder();
  build(1);
  writeFileSync(kept, 'not a folder');
  const shell = await open();
  expect(textOf(shell, '/assets/page-1.js')).toBe('export default 1;');
  expect(troubles).toHaveLength(1);
});

test('what was not built whole has no name and is not kept', async () => {
  const { root, kept, build, open } = inFolder();
  build(1);
  rmSync(join(root, 'sw.js'));
  expect((await open()).build).toBeNull();
  expect(() => readdirSync(kept)).toThrow('ENOENT');
});
