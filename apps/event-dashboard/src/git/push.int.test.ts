import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { createPushes } from '@hive/front-desk';
import { folder, makeRepo, openHouse } from '@hive/front-desk/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { hostOf } from '../addresses.ts';
import { listen } from '../listen.ts';
import { openDashboard, token } from '../testing/dashboard.ts';

/** A dashboard that is pushed to with real git: over HTTP, from a clone on another path. */
const openPushed = async ({ cloned = [], history = 1 }: { cloned?: readonly string[]; history?: number } = {}) => {
  const house = await openHouse();
  const errors: unknown[] = [];
  const onError = (error: unknown) => errors.push(error);
  const door = { config: house.config, means: {} };
  const pushes = createPushes({ bus: house.bus, artefacts: house.artefacts, door, onError });
  const dashboard = openDashboard(house.desk, undefined, pushes);
  const { port, close } = await listen(dashboard.app, 0);
  onTestFinished(() => close(0));
  dashboard.names.origins = [`http://localhost:${port}`];
  const repo = makeRepo({ 'a.txt': 'one\n' });
  for (let number = 1; number < history; number++) repo.commit({ 'b.txt': `${number}\n` }, 'Go on');
  const { path } = await house.desk.addRemote({ repo: repo.dir });
  const clone = join(folder(), 'clone');
  const git = async (...args: string[]) => {
    const env = {
      PATH: process.env['PATH'],
      HOME: '/nonexistent',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      ...identity,
    };
    const ran = promisify(execFile)('git', args, { env, cwd: existsSync(clone) ? clone : '/' });
    return ran.then(
      ({ stdout, stderr }) => ({ ok: true, text: stdout + stderr }),
      (error: { stdout: string; stderr: string }) => ({ ok: false, text: error.stdout + error.stderr }),
    );
  };
  await git('clone', '--quiet', ...cloned, `file://${repo.dir}`, clone);
  await git('config', 'credential.helper', `!f() { echo username=any; echo password=${token}; }; f`);
  await git('remote', 'add', 'hive', `http://localhost:${port}${path}`);
  const commit = async (changes: Record<string, string>, subject: string) => {
    for (const [name, text] of Object.entries(changes)) {
      mkdirSync(join(clone, name, '..'), { recursive: true });
      writeFileSync(join(clone, name), text);
    }
    await git('add', '-A');
    await git('commit', '-q', '-m', subject);
    return (await git('rev-parse', 'HEAD')).text.trim();
  };
  const left = () => readdirSync(join(house.home, 'quarantine'));
  return { ...house, ...dashboard, pushes, repo, git, commit, left, errors, port, path, clone };
};

const identity = {
  GIT_AUTHOR_NAME: 'Ada',
  GIT_AUTHOR_EMAIL: 'ada@example.org',
  GIT_COMMITTER_NAME: 'Ada',
  GIT_COMMITTER_EMAIL: 'ada@example.org',
};

const withCheck = ['-o', 'check=node test.js', '-o', 'red-before=not-needed'];

test('a pushed branch is handed in as one change since its merge base, once', async () => {
  const { git, commit, repo, desk, planOf, submissionOf, artefacts, left } = await openPushed();
  const refs = repo.git('for-each-ref');
  await commit({ 'a.txt': 'two\n' }, 'Count on');
  await commit({ 'b.txt': 'caf\u00e9\n' }, 'Add a drink');
  repo.commit({ 'c.txt': 'meanwhile\n' }, 'Go on');
  const after = repo.git('for-each-ref');
  const pushed = await git('push', ...withCheck, 'hive', 'HEAD:refs/for/main');
  const { workflow: id } = await desk.workflow('last');
  expect(pushed.text).toContain(`remote: Workflow ${id.slice(-8)} takes 2 commits, as one change, on main since`);
  expect(pushed.text).toContain(`hive watch ${id.slice(-8)}`);
  expect(pushed.text).toContain('* [new reference]');
  expect(pushed.ok).toBe(true);
  expect(await submissionOf(id)).toMatchObject({
    repo: repo.dir,
    base: repo.base,
    goal: 'Add a drink',
    source: 'submit',
  });
  const [task] = (await planOf(id)).tasks;
  expect(task).toMatchObject({ author: 'human', title: 'Add a drink', redBefore: 'not_needed' });
  const patch = String(await artefacts.get(task?.patch ?? ''));
  expect(patch).toContain('+two');
  expect(patch).toContain('b.txt');
  const again = await git('push', ...withCheck, 'hive', 'HEAD:refs/for/main');
  expect(again.text).toContain(`handed in before, as workflow ${id.slice(-8)}, which is submitted`);
  expect((await desk.workflows()).items).toHaveLength(1);
  expect(repo.git('for-each-ref')).toBe(after);
  expect(after).not.toBe(refs);
  expect(left()).toEqual([]);
});

test('what is not handed in is refused ref by ref, in words', async () => {
  const { git, commit, desk, left } = await openPushed();
  await commit({ 'a.txt': 'two\n' }, 'Count on');
  const said = async (...args: string[]) => {
    const { ok, text } = await git('push', ...args);
    expect(ok, text).toBe(false);
    return text.replace(/\s+/g, ' ');
  };
  expect(await said('hive', 'HEAD:main')).toMatch(
    /remote rejected\] HEAD -> main \(Hive takes changes only: push to refs\/for\//,
  );
  expect(await said('hive', ':refs/for/main')).toMatch(/Nothing can be deleted here|remote ref does not exist/);
  expect(await said(...withCheck, 'hive', 'HEAD:refs/for/nope')).toMatch(
    /There is no branch nope here .* one of: main\)/,
  );
  expect(await said('hive', 'HEAD:refs/for/main')).toMatch(/remote rejected\].*check/);
  expect(await said('-o', 'colour=red', 'hive', 'HEAD:refs/for/main')).toMatch(
    /git push -o takes goal=…, .*found colour=red/,
  );
  expect(await said(...withCheck, 'hive', 'HEAD~1:refs/for/main')).toMatch(
    /main has all of it, and it has no parent here/,
  );
  expect((await desk.workflows()).items).toEqual([]);
  const both = await git('push', ...withCheck, 'hive', 'HEAD:refs/for/main', 'HEAD:refs/heads/x');
  expect(both.text).toMatch(/new reference\][^]*remote rejected\] HEAD -> x/);
  expect((await desk.workflows()).items).toHaveLength(1);
  expect(left()).toEqual([]);
});

test('a pack that is sent in pieces arrives, and one that breaks off leaves nothing', async () => {
  const { git, commit, desk, left, port, path, repo } = await openPushed();
  await git('config', 'http.postBuffer', '65536');
  await commit({ 'noise.txt': randomBytes(200_000).toString('hex') }, 'Add noise');
  const pushed = await git('push', ...withCheck, 'hive', 'HEAD:refs/for/main');
  expect(pushed.text).toContain('[new reference]');
  expect((await desk.workflows()).items).toHaveLength(1);

  const asked = `${'0'.repeat(40)} ${repo.base} refs/for/main\0 report-status side-band-64k`;
  const request = httpRequest({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path: `${path}/git-receive-pack`,
    headers: {
      host: `localhost:${port}`,
      authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}`,
      'content-type': 'application/x-git-receive-pack-request',
    },
  });
  request.on('error', () => undefined);
  request.write(`${(asked.length + 4).toString(16).padStart(4, '0')}${asked}0000PACK`);
  await vi.waitFor(() => expect(left()).toHaveLength(1), 60_000);
  request.destroy();
  await vi.waitFor(() => expect(left()).toEqual([]), 60_000);
  expect((await desk.workflows()).items).toHaveLength(1);
});

test('from a shallow clone too, and beside what a killed process left', async () => {
  const { git, commit, desk, submissionOf, left, home, pushes, repo } = await openPushed({
    cloned: ['--depth=1'],
    history: 3,
  });
  mkdirSync(join(home, 'quarantine', '4194305_1_00000000_abc', 'pushed.git'), { recursive: true });
  await commit({ 'a.txt': 'two\n' }, 'Count on');
  expect((await git('push', ...withCheck, 'hive', 'HEAD:refs/for/main')).text).toContain('[new reference]');
  const { workflow: id } = await desk.workflow('last');
  expect((await submissionOf(id)).base).toBe(repo.git('rev-parse', 'HEAD').trim());
  expect(left()).toEqual(['4194305_1_00000000_abc']);
  await pushes.sweep();
  expect(left()).toEqual([]);
});

test('objects that would do harm in a checkout do not get in', async () => {
  const { git, commit, desk, left, clone } = await openPushed();
  await commit({ 'a.txt': 'two\n' }, 'Count on');
  const said = async (ref: string) =>
    (await git('push', ...withCheck, 'hive', `${ref}:refs/for/main`)).text.replace(/\s+/g, ' ');
  const treeOf = async (line: string) => {
    writeFileSync(join(clone, '.git', 'line'), line);
    return (await git('-c', `alias.made=!git mktree --missing < '${clone}/.git/line'`, 'made')).text.trim();
  };
  const commitOf = async (tree: string) => (await git('commit-tree', '-p', 'HEAD', '-m', 'Bad', tree)).text.trim();
  const blob = (await git('rev-parse', 'HEAD:a.txt')).text.trim();
  const inner = await treeOf(`100644 blob ${blob}\tconfig\n`);
  expect(await said(await commitOf(await treeOf(`040000 tree ${inner}\t.git\n`)))).toMatch(
    /hasDotgit: contains '.git'/,
  );
  expect(await said(await commitOf(await treeOf(`040000 tree ${inner}\t..\n`)))).toMatch(/hasDotdot: contains '..'/);
  const head = (await git('rev-parse', 'HEAD')).text.trim();
  expect(await said(await commitOf(await treeOf(`160000 commit ${head}\tsub\n`)))).toMatch(/adds a submodule \(sub\)/);
  expect((await desk.workflows()).items).toEqual([]);
  expect(left()).toEqual([]);
});

test('git is let in with the token as password only, and only to push', async () => {
  const { ask, port, path, access, names } = await openPushed();
  const host = hostOf(names.origins[0] ?? '');
  const status = async (where: string, headers: Record<string, string>, method = 'GET') => {
    const response = await ask(where, { method, headers: { host, authorization: '', ...headers } });
    await response.text();
    return response.status;
  };
  const basic = (user: string, password: string) => ({
    authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  });
  const mine = basic('anybody', token);
  const session = access.issue({ name: 'browser', role: 'owner' });
  const viewer = access.createToken({ name: 'viewer', role: 'viewer' });
  const post = { 'content-type': 'application/x-git-receive-pack-request', 'content-length': '4' };
  for (const [method, where] of [
    ['GET', `${path}/info/refs?service=git-receive-pack`],
    ['POST', `${path}/git-receive-pack`],
    ['GET', '/git/nope.git/info/refs?service=git-receive-pack'],
    ['GET', `${path}/HEAD`],
  ] as const) {
    const at = `${method} ${where}`;
    expect(await status(where, {}, method), at).toBe(401);
    expect(await status(where, basic(token, ''), method), at).toBe(401);
    expect(await status(where, basic('x', `${token}x`), method), at).toBe(401);
    expect(await status(where, { authorization: 'Basic !' }, method), at).toBe(401);
    expect(await status(where, { cookie: `${access.cookie}=${session.value}` }, method), at).toBe(401);
    expect(await status(where, basic('x', viewer.token), method), at).toBe(403);
    expect(await status(where, { ...mine, host: 'evil.example' }, method), at).toBe(421);
    expect(await status(where, { ...mine, origin: 'http://evil.example' }, method), at).toBe(403);
  }
  expect(await status(`${path}/info/refs?service=git-receive-pack`, mine)).toBe(200);
  expect(await status(`${path}/info/refs?service=git-upload-pack`, mine)).toBe(403);
  expect(await status(`${path}/HEAD`, mine)).toBe(403);
  expect(await status('/git/nope.git/info/refs?service=git-receive-pack', mine)).toBe(404);
  expect(await status('/git/..%2Fremotes.git/info/refs?service=git-receive-pack', mine)).toBe(404);
  expect(await status(`${path}/git-receive-pack`, { ...mine, ...post, 'content-length': '1073741825' }, 'POST')).toBe(
    413,
  );
  expect(await status(`${path}/git-receive-pack`, { ...mine, 'content-type': 'text/plain' }, 'POST')).toBe(400);
  const packed = (body: Uint8Array, headers: Record<string, string>) =>
    fetch(`http://localhost:${port}${path}/git-receive-pack`, {
      method: 'POST',
      body: Buffer.from(body),
      headers: { ...mine, ...post, ...headers },
    });
  const said = async (response: Response) => `${response.status} ${await response.text()}`;
  expect(await said(await packed(gzipSync('0000'), { 'content-encoding': 'gzip', 'content-length': '24' }))).toBe(
    '200 ',
  );
  expect(await said(await packed(Buffer.from('0000'), { 'content-encoding': 'gzip' }))).toMatch(/^400 .*not/);
  expect(await said(await packed(Buffer.from('0003'), {}))).toMatch(/^400 .*not what git push sends/);
});
