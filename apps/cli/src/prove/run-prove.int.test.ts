import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createCli } from '../cli.ts';
import { createOutput } from '../terminal/output.ts';
import { runProve, type ProveRequest } from './run-prove.ts';

const openProver = (sandbox = 'off') => {
  const folder = mkdtempSync(join(tmpdir(), 'hive-prove-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [repo, home] = [join(folder, 'repo'), join(folder, 'home')];
  mkdirSync(repo);
  mkdirSync(home);
  writeFileSync(join(home, 'hive.yaml'), `hive: { sandbox: { mode: ${sandbox === 'off' ? '"off"' : sandbox} } }\n`);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@localhost', ...args], {
      cwd: repo,
      encoding: 'utf8',
    }).trim();
  const commit = (subject: string, files: Readonly<Record<string, string>> = {}) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(repo, path)), { recursive: true });
      writeFileSync(join(repo, path), text);
    }
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '-m', subject);
    return git('rev-parse', 'HEAD');
  };
  git('init', '-q', '-b', 'main');
  const interrupt = new AbortController();
  const prove = async (more: Partial<ProveRequest> & { json?: boolean } = {}) => {
    let written = '';
    const stream = { write: (text: string) => ((written += text), true), isTTY: false, columns: 120 };
    const quiet = { write: () => true, isTTY: false };
    const out = createOutput({ stdout: stream, stderr: quiet }, { json: more.json ?? false, noColour: true });
    const env = { PATH: process.env['PATH'], HOME: folder, HIVE_HOME: home };
    const signals = { interrupted: interrupt.signal, insisted: new AbortController().signal };
    const request = { range: undefined, count: undefined, jobs: undefined, repo, checks: [], setup: undefined };
    const code = await runProve(createCli({ cwd: folder, env, root: folder, out, ...signals }), {
      ...request,
      ...more,
    });
    return { code, written };
  };
  return { repo, home, git, commit, prove, interrupt };
};

const tests = 'test:\n\tfor f in tests/*.sh; do sh $$f || exit 1; done\n';
/** first · sum · fix (proven) · words (documents) · same (green alone) · wrong (red) · nothing */
const withHistory = () => {
  const it = openProver();
  it.commit('first', { 'notes.md': 'hi\n' });
  it.commit('sum', { Makefile: tests, 'sum.sh': 'echo 3\n', 'tests/old.sh': '[ "$(sh sum.sh)" -gt 0 ]\n' });
  it.commit('fix', { 'sum.sh': 'echo 4\n', 'tests/new.sh': 'sh sum.sh | grep -q 4\n' });
  it.commit('words', { 'notes.md': 'hello\n' });
  it.commit('same', { 'sum.sh': 'echo $((2 + 2))\n' });
  it.commit('wrong', { 'sum.sh': 'echo FAIL: five; echo 5\n' });
  it.commit('nothing');
  return it;
};

test('each commit of the last ten is told, nothing of the repository is touched, and red is 1', async () => {
  const { repo, home, git, prove } = withHistory();
  const before = git('for-each-ref') + git('count-objects') + git('status', '--porcelain');
  const { code, written } = await prove();
  const rows = written.split('\n').filter((line) => /^[✔○✖!·] /.test(line));
  expect(rows.map((row) => row.replace(/ [0-9a-f]{8} /, ' ').replace(/\s+/g, ' '))).toEqual([
    '· skipped nothing changes no file',
    '✖ red wrong',
    '○ passes same nothing failed without it',
    '○ passes words documents only',
    '✔ proven fix red 1 of 1 check → green 1 of 1 check',
    '· skipped sum no check was known before it',
    '· skipped first nothing was before it to compare with',
  ]);
  expect(written).toContain('1 proven · 2 pass · 1 red · 3 skipped');
  expect(written).toMatch(/make test: exit 2, first failure: /);
  expect(code).toBe(1);
  expect(git('for-each-ref') + git('count-objects') + git('status', '--porcelain')).toBe(before);
  expect(readdirSync(join(home, 'worktrees'))).toEqual(['package.json']);
  expect(existsSync(join(home, 'hive.db'))).toBe(false);
  expect(existsSync(join(repo, '.hive'))).toBe(false);
});

test('as a document: verdicts, evidence and counts; without red it is 0', async () => {
  const { prove } = withHistory();
  const { code, written } = await prove({ json: true, range: 'HEAD~5..HEAD~2', checks: ['make test'] });
  const document = JSON.parse(written) as { commits: { subject: string; verdict: string; evidence: object | null }[] };
  expect(code).toBe(0);
  expect(document).toMatchObject({
    counts: { proven: 1, passes: 2, red: 0, infra: 0, skipped: 0 },
    interrupted: false,
  });
  expect(document.commits.map(({ subject, verdict }) => [subject, verdict])).toEqual([
    ['same', 'passes'],
    ['words', 'passes'],
    ['fix', 'proven'],
  ]);
  expect(document.commits[2]?.evidence).toMatchObject({ redBefore: 'red', greenAfter: true });
});

test('a check that was red before does not count and still says what failed', async () => {
  const { commit, prove } = withHistory();
  commit('still wrong', { 'sum.sh': 'echo FAIL: six; echo 6\n' });
  const { written } = await prove({ count: 1 });
  expect(written).toMatch(/✖ red .*still wrong +red before it too \(make test\)\n +make test: exit 2, first failure: /);
});

test('a tool that is missing is infra, and 1', async () => {
  const { prove } = withHistory();
  const { code, written } = await prove({ count: 2, checks: ['no-such-tool'] });
  expect(code).toBe(1);
  expect(written).toMatch(/! infra .* wrong +could not be tried\n +no-such-tool could not be checked/);
});

test('a setup that fails is tried once for all commits with the same dependencies, and told once with what to do', async () => {
  const { home, commit, prove } = withHistory();
  const tries = join(home, 'tries');
  const setup = `sh -c "echo x >> '${tries}'; echo no registry | tr a-z A-Z; exit 3"`;
  commit('dependency', { 'package.json': '{ "private": true }\n' });
  commit('after it', { 'notes.md': 'bye\n' });
  const { code, written } = await prove({ count: 5, setup, checks: ['make test'] });
  expect(code).toBe(1);
  expect(readFileSync(tries, 'utf8')).toBe('x\n'.repeat(2));
  const rows = written.split('\n').filter((line) => /^[!·] /.test(line));
  expect(rows.map((row) => row.replace(/ +/g, ' ').replace(/[0-9a-f]{8}/g, '#'))).toEqual([
    '! infra # after it could not be tried',
    '! infra # dependency its setup failed as that of #',
    '· skipped # nothing changes no file',
    '! infra # wrong its setup failed as that of #',
    '! infra # same its setup failed as that of #',
  ]);
  expect(written.match(/NO REGISTRY/g)).toHaveLength(1);
  expect(written).toMatch(/NO REGISTRY\n +Repair it, or name one that works here: --setup/);
});

test('a repository full of traps is proven, and starts nothing and loses nothing', async () => {
  const { repo, home, git, commit, prove } = openProver();
  const ran = join(home, 'ran');
  const program = join(home, 'canary');
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> '${ran}'\ncat\n`, { mode: 0o755 });
  const pointer = `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12345\n`;
  writeFileSync(join(home, 'outside.txt'), 'outside\n');
  symlinkSync(join(home, 'outside.txt'), join(repo, 'out'));
  const names = ['-rf', '--help', 'a\nb', 'evil\u202egnp.txt', 'esc\u001b[31m.txt', 'Case.txt', 'case.txt'];
  commit('traps', {
    ...Object.fromEntries(names.map((name) => [name, `${name}\n`])),
    ...{ Makefile: tests, 'sum.sh': 'echo 3\n', 'tests/old.sh': '[ "$(sh sum.sh)" -gt 0 ]\n', 'big.psd': pointer },
    '.npmrc': `script-shell=${program}\nregistry=http://127.0.0.1:9/\n`,
    '.gitattributes': '*.psd filter=lfs diff=lfs merge=lfs -text\n*.sh filter=evil diff=evil\n',
    '.gitmodules': `[submodule "lib"]\n\tpath = lib\n\turl = ${repo}\n`,
  });
  mkdirSync(join(repo, 'lib'));
  git('update-index', '--add', '--cacheinfo', `160000,${git('rev-parse', 'HEAD')},lib`);
  git('commit', '--quiet', '-m', 'submodule');
  commit('fix\u202e it', { 'sum.sh': 'echo 4\n', 'tests/new.sh': 'sh sum.sh | grep -q 4\n', 'a\nb': 'other\n' });
  git('checkout', '--quiet', '--detach');
  const told = git('for-each-ref') + git('status', '--porcelain');
  writeFileSync(join(repo, 'sum.sh'), 'exit 1\n'); // not committed
  for (const key of ['filter.lfs', 'filter.evil'])
    for (const what of ['clean', 'smudge', 'process']) git('config', `${key}.${what}`, program);
  for (const key of ['diff.evil.textconv', 'diff.external', 'core.fsmonitor', 'core.sshCommand', 'gpg.program'])
    git('config', key, program);
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction', 'pre-commit'])
    writeFileSync(join(repo, '.git', 'hooks', hook), `#!/bin/sh\necho ${hook} >> '${ran}'\n`, { mode: 0o755 });
  git('config', 'submodule.lib.update', `!${program}`);
  const index = readFileSync(join(repo, '.git', 'index'));

  const { code, written } = await prove({ count: 1 });
  expect(code, written).toBe(0);
  expect(written).toMatch(/^✔ proven .* fix\\u202e it +red 1 of 1 check → green 1 of 1 check$/m);
  expect(written).toMatch(/^note +lib is a submodule and stays empty/m);
  expect(written).toMatch(/^note +files of Git LFS stay pointers/m);
  expect(existsSync(ran) ? readFileSync(ran, 'utf8') : '').toBe('');
  expect(readFileSync(join(home, 'outside.txt'), 'utf8')).toBe('outside\n');
  expect(readFileSync(join(repo, 'sum.sh'), 'utf8')).toBe('exit 1\n');
  expect(readFileSync(join(repo, '.git', 'index')).equals(index)).toBe(true);
  for (const what of ['core.fsmonitor', 'diff.external']) git('config', '--unset', what);
  rmSync(join(repo, '.git', 'hooks'), { recursive: true });
  for (const section of ['filter.evil', 'filter.lfs']) git('config', '--remove-section', section);
  git('checkout', '--quiet', '--', 'sum.sh');
  expect(git('for-each-ref') + git('status', '--porcelain')).toBe(told);
});

test('a file of 100 MB in the history is no obstacle', async () => {
  const { repo, commit, prove } = openProver();
  writeFileSync(join(repo, 'big.bin'), '');
  truncateSync(join(repo, 'big.bin'), 100_000_000);
  commit('big', { Makefile: tests, 'sum.sh': 'echo 3\n', 'tests/old.sh': '[ "$(sh sum.sh)" -gt 0 ]\n' });
  commit('fix', { 'sum.sh': 'echo 4\n', 'tests/new.sh': 'sh sum.sh | grep -q 4\n' });
  const { code, written } = await prove({ count: 1 });
  expect(code, written).toBe(0);
  expect(written).toMatch(/^✔ proven .* fix/m);
});

test('an interruption ends what runs, leaves nothing behind, and is 130', async () => {
  const { home, prove, repo, interrupt } = withHistory();
  const started = join(home, 'started');
  const ending = prove({ count: 3, checks: [`sh -c "touch '${started}'; sleep 600"`] });
  await expect.poll(() => existsSync(started)).toBe(true);
  interrupt.abort();
  const { code, written } = await ending;
  expect(code).toBe(130);
  expect(written).toContain('2 not looked at');
  expect(readdirSync(join(home, 'worktrees'))).toEqual(['package.json']);
  expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toContain(started);
  expect(existsSync(repo)).toBe(true);
});

test('what cannot be tried at all is said in one sentence before anything runs', async () => {
  const { prove, commit } = openProver();
  commit('one', { 'a.txt': '1\n' });
  commit('two', { 'a.txt': '2\n' });
  await expect(prove()).rejects.toMatchObject({ code: 'evidence.no_checks' });
  await expect(prove({ range: 'HEAD~7..HEAD' })).rejects.toMatchObject({ code: 'repo.base_unknown' });
  await expect(prove({ count: 0 })).rejects.toMatchObject({ code: 'input.invalid' });
});
