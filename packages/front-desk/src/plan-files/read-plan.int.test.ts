import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { readPlan } from './read-plan.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hive-plan-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
});

const file = (name: string, text: string): string => {
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  writeFileSync(join(dir, name), text);
  return join(dir, name);
};

test('patches are read from beside the plan', () => {
  file('patches/a.patch', 'diff --git a/x b/x\n');
  const plan = readPlan(file('plan.yaml', 'version: 1\ntasks:\n  - { key: a, title: A, patch: patches/a.patch }\n'));
  expect(plan.tasks[0]?.patch).toBe('diff --git a/x b/x\n');
});

test('JSON is a plan too', () => {
  expect(readPlan(file('plan.json', '{"version":1,"tasks":[{"key":"a","title":"A"}]}')).tasks).toHaveLength(1);
});

test.each([
  ['tasks: [', /is not valid YAML or JSON/],
  ['version: 1\nversion: 1\ntasks: []', /unique/],
  ['version: 1\ntasks: []', /at least one task/],
  ['version: 1\ntasks: [{ key: a, title: A, pach: x }]', /at task a.*pach/],
  ['version: 1\ntasks: [{ key: a, title: A, patch: none.patch }]', /Task a: the patch .*none\.patch does not exist/],
])('%j is refused with one sentence', (text, message) => {
  const path = file('plan.yaml', text);
  expect(() => readPlan(path)).toThrow(
    expect.objectContaining({ code: 'plan.invalid', message: expect.stringMatching(message) }),
  );
});

test('a plan that is not there is named', () => {
  expect(() => readPlan(join(dir, 'no.yaml'))).toThrow(/no\.yaml does not exist/);
});
