import { expect, test } from 'vitest';
import { outsideOf } from './outside-of.ts';

test('paths that no glob covers are outside; dot files count, a folder covers what is in it', () => {
  const paths = ['src/a.ts', 'src/.hidden/b', 'docs/x.md', 'README.md', '.github/w.yml'];
  expect(outsideOf(paths, ['src/**'])).toEqual(['docs/x.md', 'README.md', '.github/w.yml']);
  expect(outsideOf(paths, ['src', './docs/', '*.md', '.github/**'])).toEqual([]);
  expect(outsideOf(paths, [])).toEqual(paths);
  expect(outsideOf(['src-other/a', 'a/src/b'], ['src'])).toEqual(['src-other/a', 'a/src/b']);
});

test('a glob that looks like a negation lets nothing through', () => {
  expect(outsideOf(['secret', 'x'], ['!secret'])).toEqual(['secret', 'x']);
});

test('the folder that all is in covers all, and a glob that names nothing covers nothing', () => {
  for (const glob of ['.', './', './/']) expect(outsideOf(['x', '.a/b'], [glob])).toEqual([]);
  for (const glob of ['', '/', '//']) expect(outsideOf(['x', '.a/b'], [glob])).toEqual(['x', '.a/b']);
});
