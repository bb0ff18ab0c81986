import type { HiveConfig } from '@hive/config';
import type { Part } from '@hive/llm';
import { expect, test } from 'vitest';
import { textsOf } from '../estimate.ts';
import { findSecret } from './find-secret.ts';
import { denialOf, destinationOf, type Destination } from './reach.ts';

const part = (path: string | null, text = 'text'): Part => ({
  text,
  ...(path !== null && { from: { repo: '/r', path } }),
});
const egress = (more: Partial<HiveConfig['egress']>): HiveConfig['egress'] => ({
  rules: [],
  fallback: 'any',
  notSecrets: [],
  ...more,
});
const judge = (parts: Part[], to: Destination, more: Partial<HiveConfig['egress']> = {}, localOnly = false) =>
  denialOf(parts, { egress: egress(more), to, localOnly });

test('a box is local, a private address is near, everything else is far', () => {
  expect(destinationOf({ provider: 'ollama' }, '192.168.1.2:11434')).toBe('local');
  expect(destinationOf({ provider: 'claude' }, '192.168.1.2:8080')).toBe('lan');
  expect(destinationOf({ provider: 'claude' }, 'api.anthropic.com')).toBe('any');
  expect(destinationOf({ provider: 'claude-code' }, '127.0.0.1')).toBe('any');
});

test('the first rule that matches counts, and the strictest part decides', () => {
  const rules = [
    { path: 'src/billing/public/**', to: 'any' },
    { path: 'src/billing', to: 'local' },
    { path: 'vendor/**', to: 'none' },
  ] as const;
  const open = [part('src/a.ts'), part('src/billing/public/b.ts'), part(null)];
  expect(judge(open, 'any', { rules })).toBeNull();
  expect(judge([...open, part('src/billing/c.ts')], 'any', { rules })).toEqual({
    rule: 'src/billing: local',
    path: 'src/billing/c.ts',
  });
  expect(judge([...open, part('src/billing/c.ts')], 'local', { rules })).toBeNull();
  expect(judge([part('vendor/x.js')], 'local', { rules })).toMatchObject({ path: 'vendor/x.js' });
});

test('what a rule asks about may go once a person agrees, and they are asked about nothing that may not go anyway', () => {
  const rules = [
    { path: 'src/**', to: 'ask' },
    { path: 'keys/**', to: 'none' },
  ] as const;
  const more = { rules, fallback: 'ask' } as const;
  const open = [part('src/b.ts'), part('src/a.ts'), part('docs/a.md'), part(null)];
  expect(judge(open, 'any', more)).toEqual({
    rule: 'src/**: ask',
    path: 'src/b.ts',
    asks: [
      { rule: 'src/**: ask', paths: ['src/a.ts', 'src/b.ts'] },
      { rule: 'egressDefault: ask', paths: ['docs/a.md'] },
    ],
  });
  expect(judge(open, 'lan', more)?.asks).toHaveLength(2);
  expect(judge(open, 'local', more)).toBeNull();
  expect(judge([...open, part('keys/a')], 'any', more)).toEqual({ rule: 'keys/**: none', path: 'keys/a' });
  expect(judge(open, 'any', more, true)).toEqual({ rule: '--local-only', path: null });
  const key = `const key = "ghp_${'a1B2'.repeat(9)}";`;
  expect(judge([part('src/a.ts', key)], 'any', more)).toEqual({ rule: 'secrets: a token of GitHub', path: 'src/a.ts' });
});

test('a name is looked at as the file that it is', () => {
  const rules = [{ path: 'src/billing/**', to: 'local' }] as const;
  for (const path of ['./src/billing/a', 'src//billing/a', 'docs/../src/billing/a', 'src\\billing\\a'])
    expect(judge([part(path)], 'any', { rules })).not.toBeNull();
  expect(judge([part('../other/a')], 'local', { rules })).toMatchObject({ rule: 'outside of the repository' });
});

test('what a model asked a tool to do belongs to the file that it was about', () => {
  const toolCalls = [{ id: '1', name: 'edit', input: { path: 'src/billing/a.ts', old_text: 'x' } }];
  const parts = textsOf({ system: [], messages: [{ role: 'assistant', parts: [], toolCalls }], maxTokens: 1 });
  const rules = [{ path: 'src/billing/**', to: 'local' }] as const;
  expect(judge([...parts], 'any', { rules })).toMatchObject({ path: 'src/billing/a.ts' });
});

test('a call that a tool refused because it leaves the repository is text of no file, and does not end the conversation', () => {
  const paths = ['/etc/passwd', '../x', 'a/../../x', '..\\x', '..'];
  const toolCalls = paths.map((path) => ({ id: path, name: 'read', input: { path } }));
  const parts = textsOf({ system: [], messages: [{ role: 'assistant', parts: [], toolCalls }], maxTokens: 1 });
  expect(parts.map(({ from }) => from)).toEqual(paths.map(() => undefined));
  expect(judge([...parts], 'any', {})).toBeNull();
});

test('text of no file has the class of the workflow', () => {
  expect(judge([part(null)], 'lan', { fallback: 'local' })).toMatchObject({ rule: 'egressDefault: local', path: null });
  expect(judge([part(null)], 'any', {}, true)).toMatchObject({ rule: '--local-only' });
  expect(judge([part(null)], 'local', {}, true)).toBeNull();
});

test('what looks like a key goes to nobody, unless the file is known to hold none', () => {
  const key = `const key = "ghp_${'a1B2'.repeat(9)}";`;
  expect(judge([part('a.ts', key)], 'local')).toEqual({ rule: 'secrets: a token of GitHub', path: 'a.ts' });
  expect(judge([part('test/fixtures/a.ts', key)], 'any', { notSecrets: ['test/fixtures'] })).toBeNull();
});

test.each([
  ['-----BEGIN RSA PRIVATE KEY-----\n' + 'MIIE'.repeat(20), true],
  [`sk-ant-api03-${'x'.repeat(40)}`, true],
  ['AKIAIOSFODNN7EXAMPLE', false],
  ['AKIAIOSFODNN7ABCDEFG', true],
  ['sk-canary', false],
  ['-----BEGIN PUBLIC KEY-----\n' + 'MIIE'.repeat(20), false],
  ['const sha = "3b33880a3b33880a3b33880a3b33880a3b33880a"', false],
])('%s', (text, isSecret) => {
  expect(findSecret(text) !== null).toBe(isSecret);
});
