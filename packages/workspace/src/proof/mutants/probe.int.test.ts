import type { Check } from '@hive/events';
import { expect, test } from 'vitest';
import type { ProofRequest } from '../../port.ts';
import { calm, createTestRepo, createTestWorkspace, type Files } from '../../testing.ts';

const check: Check = { name: 'check', argv: ['python3', 'test/t.py'], source: 'given' };

const proved = async (after: Files, more: Partial<ProofRequest> = {}) => {
  const repo = createTestRepo({ 'README.md': 'x\n' });
  const head = repo.commit(after);
  const { workspace } = createTestWorkspace();
  return workspace.prove({
    repo: repo.root,
    base: repo.first,
    head,
    author: 'human',
    checks: [check],
    setup: null,
    tests: undefined,
    redBefore: 'needed',
    timeoutMs: 60_000,
    passEnv: [],
    agent: 'worker-1',
    signal: calm,
    mutants: { budgetS: 120, atLeast: 0 },
    ...more,
  });
};

const grade = 'def grade(n):\n    if n < 10:\n        return 1\n    return 2\n';
const asserts = 'assert (grade(9), grade(10)) == (1, 2)\n';
const imports = "import sys\nsys.path.insert(0, '.')\nfrom grade import grade\n";

test('mistakes in the changed lines are rejected, and those that no check notices are named', async () => {
  const change = {
    'grade.py': `${grade}\ndef unused(n):\n    return n > 3  # n < 3\n`,
    'test/t.py': imports + asserts,
    'notes.txt': 'a == b\n',
    '.gitignore': '__pycache__\n',
  };
  const { code, evidence } = await proved(change);
  expect(code).toBeNull();
  const { tried, rejected, made, broken, survivors } = evidence.mutants ?? {};
  expect([new Set(survivors?.map(({ file, line }) => `${file}:${line}`)), survivors?.length]).toEqual([
    new Set(['grade.py:7']),
    4,
  ]);
  expect([tried, (tried ?? 0) - (rejected ?? 0), made, broken]).toEqual([12, 4, 12, 0]);

  const refused = await proved(change, { mutants: { budgetS: 120, atLeast: 0.9 } });
  expect(refused.code).toBe('evidence.mutants');
  expect(refused.reason).toContain('8 of 12');
  expect(refused.reason).toContain('grade.py:7');
  expect(refused.findings).toHaveLength(4);
});

test('what a mutant leaves in the worktree does not meet the next one', async () => {
  const { evidence } = await proved({
    'grade.py': 'def grade(n):\n    return n + 1\n',
    'test/t.py': `import os\n${imports}assert not os.path.exists('left')\nopen('left', 'w').close()\nassert grade(3) == 4\n`,
  });
  expect(evidence.mutants).toEqual({ tried: 3, rejected: 3, made: 3, broken: 0, survivors: [] });
});

test('checks that are not green any more after the mutants say nothing about them', async () => {
  const change = {
    '.gitignore': 'left\n',
    'grade.py': grade,
    'test/t.py': `import os\n${imports}assert not os.path.exists('left')\nopen('left', 'w').close()\n${asserts}`,
  };
  const { code, evidence } = await proved(change);
  expect([code, evidence.mutants]).toEqual([null, undefined]);
  expect((await proved(change, { mutants: { budgetS: 120, atLeast: 0.5 } })).code).toBe('evidence.mutants');
});
