import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createArtefacts, openEvidenceKey } from '@hive/core-db';
import { HiveError } from '@hive/errors';
import type { Evidence } from '@hive/events';
import { createWorkspace, evidenceText } from '@hive/workspace';
import { expect, onTestFinished, test } from 'vitest';
import { createCli } from '../cli.ts';
import { seal, statementOf } from '@hive/front-desk/statement';
import { createOutput } from '../terminal/output.ts';
import { runRecheck, type RecheckAsked } from './run-recheck.ts';

/** A repository with one merge of Hive on `hive/fix`, delivered with note and trailer. */
const openMerged = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hive-recheck-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [repo, home] = [join(folder, 'repo'), join(folder, 'home')];
  for (const path of [repo, home]) mkdirSync(path);
  writeFileSync(join(home, 'hive.yaml'), 'hive: { sandbox: { mode: "off" } }\n');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@localhost', ...args], {
      cwd: repo,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  const commit = (text: string) => {
    writeFileSync(join(repo, 'sum.txt'), text);
    git('add', '--all');
    git('commit', '-q', '-m', `Write ${text}`);
    return git('rev-parse', 'HEAD');
  };
  git('init', '-q', '-b', 'main');
  const [base, head] = [commit('three'), commit('four')];
  const env = { PATH: process.env['PATH'], HOME: folder, HIVE_HOME: home };
  const artefacts = createArtefacts(home);
  const workspace = createWorkspace({
    home,
    env,
    agent: 'worker-1',
    incarnation: 'test',
    sandbox: { mode: 'none', allowUnsandboxed: false },
    artefacts: { ...artefacts, get: async (hash) => (await artefacts.get(hash)) ?? Buffer.from('') },
  });
  const signal = new AbortController().signal;
  const { evidence } = await workspace.prove({
    ...{ repo, base, head, author: 'human', setup: null, tests: undefined, passEnv: [], agent: 'worker-1', signal },
    ...{
      checks: [{ name: 'sum', argv: ['grep', 'four', 'sum.txt'], source: 'given' }],
      redBefore: 'needed',
      timeoutMs: 10_000,
    },
  });
  const merged = await workspace.seal({ repo, commit: head, parents: [base], evidence });
  await workspace.deliver({
    repo,
    branch: 'hive/fix',
    from: null,
    to: merged,
    move: 'task/1',
    notes: [{ commit: merged, evidence }],
    into: null,
  });
  await workspace.cleanUp('test');

  const recheck = async (asked: Partial<RecheckAsked> = {}) => {
    let written = '';
    const stream = { write: (text: string) => ((written += text), true), isTTY: false, columns: 120 };
    const out = createOutput({ stdout: stream, stderr: stream }, { json: false, noColour: true });
    const cli = createCli({ cwd: folder, env, root: folder, out, interrupted: signal, insisted: signal });
    const none = { what: undefined, all: false, repo, recordOnly: false, statement: undefined, publicKey: undefined };
    const code = await runRecheck(cli, { ...none, ...asked });
    return { code, written };
  };
  const editNote = (more: Partial<Evidence>) =>
    git('notes', '--ref=hive', 'add', '-f', '-m', evidenceText({ ...evidence, ...more }).trim(), merged);
  return { folder, repo, home, git, evidence, merged, recheck, editNote };
};

test('what was recorded is confirmed by any name of the commit, and nothing is left or recorded', async () => {
  const { home, git, recheck } = await openMerged();
  const before = git('for-each-ref');
  const { code, written } = await recheck({ what: 'hive/fix' });
  expect(written).toMatch(/✔ confirmed .* Write four +2 runs repeated/);
  expect(written).toContain('the note is the very text that the commit message (Hive-Evidence) names');
  expect(code).toBe(0);
  expect((await recheck({ all: true })).code).toBe(0);
  expect(git('for-each-ref')).toBe(before);
  expect(readdirSync(join(home, 'worktrees')).filter((name) => name !== 'package.json')).toEqual([]);
  expect(existsSync(join(home, 'hive.db'))).toBe(false);
});

test('an edited note is told, although what it says of git and checks is right', async () => {
  const { recheck, editNote } = await openMerged();
  editNote({ checkedBy: { agent: 'worker-2', host: 'elsewhere' } });
  const { code, written } = await recheck({ what: 'hive/fix' });
  expect(code).toBe(1);
  expect(written).toContain('it was edited after the merge');
  expect((await recheck({ all: true, recordOnly: true })).code).toBe(1);
});

test('a commit without a trailer is judged by git and by what runs: a record of another outcome or patch is told', async () => {
  const { git, recheck, evidence, merged } = await openMerged();
  const copy = git('commit-tree', '-m', 'without a trailer', '-p', evidence.base, `${merged}^{tree}`);
  const note = (more: Partial<Evidence>) =>
    git('notes', '--ref=hive', 'add', '-f', '-m', JSON.stringify({ ...evidence, ...more }), copy);
  note({});
  const good = await recheck({ what: copy });
  expect(good.written).toContain('names no evidence');
  expect(good.code).toBe(0);
  note({
    patch: '0'.repeat(64),
    commands: evidence.commands.map((run) => ({ ...run, exit: 0 })),
    redBefore: 'not_red',
  });
  const { code, written } = await recheck({ what: copy });
  expect(code).toBe(1);
  expect(written).toMatch(/the patch has the SHA-256 .* the record says 000000000000/);
  expect(written).toContain('sum on base: recorded exit 0, now exit 1');
});

test('a model’s change cannot be repeated without a sandbox: 78', async () => {
  const { git, recheck, evidence, merged } = await openMerged();
  const copy = git('commit-tree', '-m', 'by a model', '-p', evidence.base, `${merged}^{tree}`);
  git('notes', '--ref=hive', 'add', '-f', '-m', JSON.stringify({ ...evidence, author: 'claude:some' }), copy);
  const { code, written } = await recheck({ what: copy });
  expect(code).toBe(78);
  expect(written).toMatch(
    /! cannot .*\n +! it could not be repeated: Nothing written by a model runs without a sandbox/,
  );
});

test('what a change came to with others is checked again too, where it is or where its tree is', async () => {
  const { repo, git, evidence, recheck } = await openMerged();
  const [base, head] = [evidence.base, evidence.head];
  const { checkedBy, sandbox, tree } = evidence;
  const changes = [1, 2].map((n) => ({ task: `0199c0de-0000-7000-8000-00000000000${n}`, tree }));
  const recorded = (exit: number, at = head) => {
    const commands = evidence.commands
      .filter(({ on }) => on === 'head')
      .map((one) => ({ ...one, name: 'all', argv: ['grep', 'fo', 'sum.txt'], exit }));
    const batch = { base, head: at, tree, commands, changes, checkedBy, sandbox, at: evidence.at };
    const note = evidenceText({ ...evidence, batch }).trim();
    git('notes', '--ref=hive', 'add', '-f', '-m', note, 'main');
  };
  const asked = { what: 'main', repo };
  recorded(0);
  expect(await recheck(asked)).toMatchObject({
    code: 0,
    written: expect.stringContaining('with 1 more was checked again') as string,
  });
  recorded(1);
  const differs = await recheck(asked);
  expect(differs.code).toBe(1);
  expect(differs.written).toContain('together with the others, all on head: recorded exit 1, now exit 0');
  recorded(0, '1'.repeat(40));
  expect(await recheck(asked)).toMatchObject({
    code: 0,
    written: expect.stringContaining('with 1 more was checked again') as string,
  });
});

test('a signed statement is checked: signature, record, and the run again; a changed one is not believed', async () => {
  const { folder, home, git, recheck, evidence, merged } = await openMerged();
  const statement = join(folder, 'statement.json');
  const write = (of: Evidence, change = (text: string) => text) => {
    const text = JSON.stringify(statementOf({ commit: merged, tree: evidence.tree, evidence: of, version: '0' }));
    const envelope = seal(text, openEvidenceKey(home));
    writeFileSync(statement, JSON.stringify({ ...envelope, payload: Buffer.from(change(text)).toString('base64') }));
  };
  write(evidence);
  git('update-ref', '-d', 'refs/notes/hive');
  const { code, written } = await recheck({ statement });
  expect(code).toBe(0);
  expect(written).toMatch(/✔ signed .*\n✔ confirmed/);
  write({ ...evidence, author: 'oracle' });
  expect(await recheck({ statement, recordOnly: true })).toMatchObject({
    code: 1,
    written: expect.stringContaining('names another record than that of the signed statement') as string,
  });
  write(evidence, (text) => text.replace('human', 'robot'));
  await expect(recheck({ statement })).rejects.toMatchObject({ code: 'audit.broken' });
});

test('a commit without a record and questions without an answer are wrong usage', async () => {
  const { recheck } = await openMerged();
  for (const asked of [
    { what: 'main' },
    {},
    { what: 'nowhere' },
    { what: 'main', all: true },
    { what: 'main~1..main' },
  ])
    await expect(recheck(asked)).rejects.toBeInstanceOf(HiveError);
  await expect(recheck({ what: 'main' })).rejects.toMatchObject({ code: 'input.unknown_id' });
});
