import { expect, test } from 'vitest';
import { repositoryMap } from './repository-map.ts';

test('a small repository is shown whole, folder by folder', () => {
  const files = ['README.md', 'src/a.ts', 'src/b.ts', 'src/deep/er/c.py', 'node_modules/x/y.js', 'test/a.test.ts'];
  expect(repositoryMap(files, 2000)).toEqual({
    languages: ['TypeScript: 3 files', 'JavaScript: 1 file', 'Markdown: 1 file', 'Python: 1 file'],
    tree: ['./: README.md', 'node_modules/: 1 file', 'src/: a.ts, b.ts', 'src/deep/er/: c.py', 'test/: a.test.ts'].join(
      '\n',
    ),
  });
});

test('what does not fit is told by number, the top first', () => {
  const deep = Array.from({ length: 300 }, (_, n) => `src/part${n % 30}/file-with-a-long-name-${n}.ts`);
  const { tree } = repositoryMap(['package.json', 'docs/guide.md', ...deep], 1200);
  expect(tree.length).toBeLessThan(1400);
  expect(tree).toMatch(/^\.\/: package\.json\ndocs\/: guide\.md\n/);
  expect(tree).toMatch(/src\/part0\/: file-with-a-long-name-0\.ts, /);
  expect(tree).toMatch(/src\/part29\/: 10 files/);
});

test('a folder of many files is cut, and no repository at all is one line', () => {
  const many = Array.from({ length: 500 }, (_, n) => `data/${n}.json`);
  expect(repositoryMap(many, 20_000).tree).toMatch(/data\/: 0\.json, .*, and 440 more$/);
  expect(repositoryMap([], 2000)).toEqual({ languages: [], tree: '' });
});

test('100,000 files are mapped within the budget, in a moment', () => {
  const files = Array.from({ length: 100_000 }, (_, n) => `packages/p${n % 400}/src/m${n % 37}/file-${n}.ts`);
  const began = performance.now();
  const map = repositoryMap(files, 16_000);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(map.languages).toEqual(['TypeScript: 100000 files']);
  expect(map.tree.length).toBeLessThan(16_300);
  expect(map.tree).toContain('packages/p0/');
});
