import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Check } from '@hive/events';
import { Evidence } from '@hive/events';
import { expect, test } from 'vitest';
import type { ProofRequest } from '../port.ts';
import { createSharedRuns } from './shared-runs.ts';
import { calm, createTestRepo, createTestWorkspace, tempFolder, type Files } from '../testing.ts';

const check = (script: string, source: Check['source'] = 'given', name = 'check'): Check => ({
  name,
  argv: ['sh', '-c', script],
  source,
});
const suite = check('for f in test/*.sh; do sh "$f" || exit 1; done');

const proved = async (before: Files, after: Files, more: Partial<ProofRequest> = {}) => {
  const repo = createTestRepo(before);
  const head = repo.commit(after);
  const bench = createTestWorkspace();
  const proof = await bench.workspace.prove({
    repo: repo.root,
    base: repo.first,
    head,
    author: 'human',
    checks: [suite],
    setup: null,
    tests: undefined,
    redBefore: 'needed',
    timeoutMs: 10_000,
    passEnv: [],
    agent: 'worker-1',
    signal: calm,
    ...more,
  });
  const places = proof.evidence.commands.map(({ on, exit }) => `${on} ${exit}`);
  return { ...bench, proof, places, repo, head };
};

const code = { 'sum.sh': 'echo 3\n', 'test/old.sh': '[ "$(sh sum.sh)" -gt 0 ]\n' };

test('tests of the patch that fail on the base are proof; the evidence is complete and no worktree stays', async () => {
  const { proof, places, home, incarnation, text, repo, head } = await proved(code, {
    'sum.sh': 'echo 4\n',
    'test/new.sh': 'sh sum.sh | grep 4\n',
  });
  expect(places).toEqual(['head 0', 'base 0', 'base+tests 1']);
  expect(proof).toMatchObject({ code: null, reason: null, findings: [] });
  expect(Evidence.parse(proof.evidence)).toMatchObject({
    base: repo.first,
    head,
    tree: repo.git('rev-parse', 'HEAD^{tree}'),
    author: 'human',
    redBefore: 'red',
    greenAfter: true,
    sandbox: 'none',
    checkedBy: { agent: 'worker-1' },
  });
  expect(text(proof.evidence.patch)).toContain('+echo 4');
  expect(text(proof.evidence.commands[0]?.log ?? '')).toBe('4\n');
  expect(readdirSync(join(home, 'worktrees', incarnation))).toEqual([]);
});

test('tests among the code of a Rust file are tests of the patch, unless it is said where tests are', async () => {
  const tested = (...names: string[]) =>
    `#[cfg(test)]\nmod tests {\n${names.map((name) => `    #[test]\n    fn calls() { super::${name}(); }\n`).join('')}}\n`;
  // Stands for the compiler: what is called in the tests has to be there.
  const compile = check(
    'for f in $(sed -n "s/.*super::\\([a-z]*\\)().*/\\1/p" src/lib.rs); do grep -q "pub fn $f()" src/lib.rs || exit 101; done',
  );
  const before = { 'src/lib.rs': `pub fn one() {}\n\n${tested('one')}`, 'src/more.rs': 'pub fn more() {}\n' };
  const after = {
    'src/lib.rs': `pub fn one() {}\npub fn two() {}\n\n${tested('one', 'two')}`,
    'src/more.rs': 'pub fn more() { }\n',
  };
  const found = await proved(before, after, { checks: [compile] });
  expect(found.places).toEqual(['head 0', 'base 0', 'base+tests 101']);
  expect(found.proof).toMatchObject({ code: null, evidence: { tests: { count: 1, files: ['src/lib.rs'] } } });
  const elsewhere = await proved(before, after, { checks: [compile], tests: ['tests/**'] });
  expect(elsewhere.places).toEqual(['head 0', 'base 0']);
  const unchanged = { ...after, 'src/lib.rs': `pub fn one() { let _ = 1; }\n\n${tested('one')}` };
  expect((await proved(before, unchanged, { checks: [compile] })).places).toEqual(['head 0', 'base 0']);
});

test('without test files in the patch there are two places', async () => {
  const { places, proof } = await proved(code, { 'sum.sh': 'echo 5\n' });
  expect(places).toEqual(['head 0', 'base 0']);
  expect(proof).toMatchObject({ code: 'evidence.not_red', evidence: { redBefore: 'not_red', greenAfter: true } });
  expect(proof.reason).toContain('add a test that fails without the change');
});

test('a check that was red and becomes green is proof', async () => {
  const { proof } = await proved(code, { 'sum.sh': 'echo 4\n' }, { checks: [check('sh sum.sh | grep 4')] });
  expect(proof).toMatchObject({ code: null, evidence: { redBefore: 'red' } });
});

test('a change declared not to need red passes with green alone', async () => {
  const { proof } = await proved(code, { 'README.md': 'x' }, { redBefore: 'not_needed' });
  expect(proof).toMatchObject({ code: null, evidence: { redBefore: 'not_needed' } });
});

test('red on the head is refused, with the first failure and the output', async () => {
  const { proof } = await proved(code, {
    'sum.sh': 'echo 0; pwd; echo "not ok 1 - is positive"\n',
    'test/old.sh': 'sh sum.sh; exit 1\n',
  });
  expect(proof).toMatchObject({ code: 'checks.red', evidence: { greenAfter: false } });
  expect(proof.reason).toBe('check: exit 1, first failure: is positive');
  expect(proof.findings[0]?.message).toContain('not ok 1');
});

test('deleted and renamed tests are gone from base plus tests too', async () => {
  const { places, proof, text } = await proved(
    { ...code, 'test/gone.sh': 'exit 1\n', 'test/renamed.sh': 'exit 1\n' },
    { 'sum.sh': 'echo 4\n', 'test/gone.sh': null, 'test/renamed.sh': null, 'test/other.sh': 'sh sum.sh | grep 4\n' },
    { checks: [check('ls test; for f in test/*.sh; do sh "$f" || exit 1; done')] },
  );
  expect(places).toEqual(['head 0', 'base 1', 'base+tests 1']);
  expect(proof.code).toBeNull();
  expect(text(proof.evidence.commands[2]?.log ?? '')).toBe('old.sh\nother.sh\n');
});

test('globs say which files are tests', async () => {
  const files = { 'sum.sh': 'echo 4\n', 'verify.sh': 'sh sum.sh | grep 4\n' };
  const checks = [check('[ ! -e verify.sh ] || sh verify.sh')];
  expect((await proved(code, files, { checks })).proof.code).toBe('evidence.not_red');
  const { proof, places } = await proved(code, files, { checks, tests: ['verify.*'] });
  expect([proof.code, places.at(-1)]).toEqual([null, 'base+tests 1']);
});

test('a found check that is red on the base is dropped and named, and alone it is no proof', async () => {
  const red = check('exit 1', 'found', 'npm test');
  const alone = (await proved(code, { 'sum.sh': 'echo 4\n' }, { checks: [red] })).proof;
  expect(alone).toMatchObject({ code: 'evidence.no_checks', evidence: { dropped: ['npm test'] } });
  const both = (await proved(code, { 'sum.sh': 'echo 4\n' }, { checks: [red, check('sh sum.sh | grep 4')] })).proof;
  expect(both).toMatchObject({ code: null, evidence: { dropped: ['npm test'] } });
});

test('without checks nothing is proved', async () => {
  expect((await proved(code, { 'sum.sh': 'echo 4\n' }, { checks: [] })).proof).toMatchObject({
    code: 'evidence.no_checks',
    evidence: { commands: [] },
  });
});

test('a check that cannot run or hangs is thrown as infra and blames nobody', async () => {
  const missing: Check = { name: 'gone', argv: ['no-such-program'], source: 'given' };
  const change = { 'sum.sh': 'echo 4\n' };
  await expect(proved(code, change, { checks: [missing] })).rejects.toMatchObject({
    code: 'check.not_found',
    remedy: 'retry',
    where: 'other',
  });
  const hangs = check('grep -q 4 sum.sh && sleep 30; true');
  await expect(proved(code, change, { checks: [hangs], timeoutMs: 300 })).rejects.toMatchObject({
    code: 'check.timeout',
  });
});

test('a command that left no diff is checked where it stands, once', async () => {
  const repo = createTestRepo(code);
  const { workspace } = createTestWorkspace();
  const request = {
    repo: repo.root,
    base: repo.first,
    head: repo.first,
    author: 'tool',
    checks: [suite],
    setup: null,
    tests: undefined,
    redBefore: 'not_needed',
    timeoutMs: 5000,
    passEnv: [],
    agent: 'w',
    signal: calm,
  } as const;
  const proof = await workspace.prove(request);
  expect(proof).toMatchObject({ code: null, evidence: { greenAfter: true, commands: [{ on: 'head', exit: 0 }] } });
});

test('the change of a model is not run without a sandbox, unless that was allowed', async () => {
  const model = { author: 'double:scenario' };
  await expect(proved(code, { 'sum.sh': 'echo 4\n' }, model)).rejects.toMatchObject({
    code: 'sandbox.missing',
    remedy: 'fix_config',
    message: expect.stringContaining('bubblewrap') as string,
  });
  const repo = createTestRepo(code);
  const allowed = createTestWorkspace({ sandbox: { mode: 'none', allowUnsandboxed: true } });
  const tree = await allowed.workspace.open({
    repo: repo.root,
    base: repo.first,
    setup: null,
    modelAuthored: true,
    passEnv: [],
    signal: calm,
  });
  expect(existsSync(tree.dir)).toBe(true);
});

test('neighbouring commits share what was checked: the head of one is the base of the next', async () => {
  const repo = createTestRepo({ ...code, 'package.json': '{}' });
  const second = repo.commit({ 'sum.sh': 'echo 4\n', 'test/new.sh': 'sh sum.sh | grep 4\n' });
  const third = repo.commit({ 'sum.sh': 'echo five\n' });
  const bench = createTestWorkspace();
  const ran = join(bench.home, 'ran');
  const setup = { argv: ['sh', '-c', `echo setup >> '${ran}'`], lockfile: null, source: 'given' as const };
  const shared = createSharedRuns({ atOnce: 1 });
  const of = (base: string, head: string) =>
    bench.workspace.prove({
      ...{ repo: repo.root, base, head, author: 'human', setup, tests: undefined, redBefore: 'needed', passEnv: [] },
      ...{ checks: [suite], timeoutMs: 10_000, agent: 'cli', signal: calm, shared },
    });
  const [first, next] = await Promise.all([of(repo.first, second), of(second, third)]);
  expect(first).toMatchObject({ code: null, evidence: { redBefore: 'red' } });
  expect(next).toMatchObject({ code: 'checks.red', evidence: { commands: [{ on: 'head' }, { on: 'base', exit: 0 }] } });
  expect(shared.counts()).toEqual({ done: 4, running: 0, spared: 1 });
  expect(readFileSync(ran, 'utf8')).toBe('setup\n');
});

test('a head that is set up otherwise than its base gets that setup, and the base its own', async () => {
  const tool = check('cat made | grep -q new || ! test -e sum.sh', 'given');
  const setup = (text: string) => ({
    argv: ['sh', '-c', `echo ${text} > made`],
    lockfile: null,
    source: 'found' as const,
  });
  const { places, proof } = await proved(
    code,
    { 'sum.sh': 'echo 4\n' },
    {
      checks: [tool],
      setup: setup('old'),
      headSetup: setup('new'),
    },
  );
  expect(places).toEqual(['head 0', 'base 1']);
  expect(proof.evidence.setup?.argv.at(-1)).toBe('echo new > made');
});

/** Green and red by turns, as counted in a file outside of the worktree. */
const byTurns = (file: string) =>
  `n=$(cat '${file}' 2>/dev/null || echo 0); echo $((n + 1)) > '${file}'; [ $((n % 2)) = 0 ]\n`;

test('a check that was flaky before is named and does not count; another proves', async () => {
  const flaky = check(byTurns(join(tempFolder(), 'runs')), 'given', 'shaky');
  const change = { 'sum.sh': 'echo 4\n' };
  const alone = await proved(code, change, { checks: [flaky], repeat: 2 });
  expect(alone.places).toEqual(['head 0', 'head 1', 'base 0', 'base 1']);
  expect(alone.proof).toMatchObject({ code: 'evidence.flaky', evidence: { flaky: ['shaky'], greenAfter: false } });
  const { proof } = await proved(code, change, { checks: [flaky, check('sh sum.sh | grep 4')], repeat: 2 });
  expect(proof).toMatchObject({ code: null, evidence: { flaky: ['shaky'], redBefore: 'red' } });
});

test('a change that makes a check flaky is refused, after a look at how steady it was', async () => {
  const file = join(tempFolder(), 'runs');
  const { proof, places } = await proved(
    code,
    { 'test/old.sh': byTurns(file) },
    { repeat: 2, redBefore: 'not_needed' },
  );
  expect(proof).toMatchObject({ code: 'evidence.flaky', evidence: { flaky: ['check'] } });
  expect(places.filter((place) => place === 'base 0')).toHaveLength(8);
});

test('a tool that only comes with the change is no red on the base; the tests of the change are named', async () => {
  const { proof, places } = await proved(
    { 'run.sh': 'no-such-tool\n' },
    { 'run.sh': 'true\n', 'test/a.sh': 'true\n' },
    { checks: [check('sh run.sh')] },
  );
  expect(places).toEqual(['head 0', 'base 127', 'base+tests 127']);
  expect(proof).toMatchObject({ code: 'evidence.not_red', evidence: { tests: { count: 1, files: ['test/a.sh'] } } });
  expect(proof.evidence.commands.map(({ infra }) => infra)).toEqual([undefined, 'check.not_found', 'check.not_found']);
});
