import { expect, test } from 'vitest';
import { commandText, withRepo } from './write-repo-config.ts';

test('an empty file becomes a configuration', () => {
  expect(withRepo('', '/home/ann/my repo', { checks: [['npm', 'test']], setup: ['npm', 'ci'] })).toBe(
    'hive:\n  repos:\n    /home/ann/my repo:\n      checks:\n        - npm test\n      setup: npm ci\n',
  );
});

test('what is there stays, comments too', () => {
  const before = '# mine\nhive:\n  # boxes\n  repos:\n    /a: # first\n      checks: [make]\n      setup: make deps\n';
  const after = withRepo(before, '/b', { checks: [['make', 'test']] });
  expect(after).toContain('# mine');
  expect(after).toContain('# boxes');
  expect(after).toMatch(/\/a:\s+# first/);
  expect(after).toContain('/b:\n      checks:\n        - make test\n');
  expect(withRepo(before, '/a', { checks: [['x']] })).toContain('setup: make deps');
});

test('a command that a shell would read otherwise is a list', () => {
  expect(commandText(['npm', 'run', 'test:unit'])).toBe('npm run test:unit');
  expect(commandText(['sh', '-c', 'a && b'])).toEqual(['sh', '-c', 'a && b']);
});
