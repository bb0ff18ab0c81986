import { writeFileSync } from 'node:fs';
import type { Submission } from '@hive/events';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openMergeHouse, type MergeHouse } from '../testing/merge-house.ts';

let merging: MergeHouse;
const files = Object.fromEntries(Array.from({ length: 6 }, (_, n) => [`f${n}.txt`, 'one\n']));

beforeEach(async () => {
  merging = await openMergeHouse(files);
  merging.repo.git('branch', 'release');
});
afterEach(() => merging.house.close());

const git = (...args: string[]) => merging.repo.git(...args);
const view = (id: string) => merging.house.view(id);
const two = (name: string) => merging.repo.patchOf({ [`${name}.txt`]: 'two\n' });
/** The files that a branch has changed, as its commits have come: the first one first. */
const onto = (branch: string) =>
  git('log', '--reverse', '--format=', '--name-only', `${merging.repo.base}..${branch}`)
    .split('\n')
    .filter(Boolean)
    .map((path) => path.replace('.txt', ''));
const into = async (id: string) => {
  const { workflowId } = await view(id);
  const events = await merging.house.events(merging.stream());
  const [told] = events.flatMap((event) => (event.type === 'merge.completed' ? [event.data] : [])).slice(-1);
  expect(told?.workflowId).toBe(workflowId);
  return told?.into;
};

/** A workflow that goes into `release`, with a change that is approved. */
const begin = async (name: string, submission: Partial<Submission> = {}): Promise<string> => {
  const [id] = await merging.beginWith({ into: 'release', ...submission }, {});
  await merging.approve(id, two(name), 'human', submission.base);
  return id;
};
const merge = async (id: string) => {
  await merging.house.enqueue(id, 'merge');
  await merging.ended(id, 'merged');
};
const broken = () => merging.house.broken();

/** A commit of the user's own on top of another, on no branch. */
const commitOf = (name: string, parent: string): string => {
  git('checkout', '--quiet', '--detach', parent);
  git('apply', '--index', '--', patchFile(name));
  git('commit', '--quiet', '--message', `Change ${name}`);
  const made = git('rev-parse', 'HEAD');
  git('checkout', '--quiet', 'main');
  return made;
};
const patchFile = (name: string): string => {
  const path = `${merging.repo.root}/../${name}.patch`;
  writeFileSync(path, two(name));
  return path;
};

test('changes of several workflows go into a branch on top of each other, each proven there', async () => {
  await merging.start();
  const first = await begin('f0');
  await merge(first);
  const second = await begin('f1');
  await merge(second);
  expect(await into(second)).toBe('moved');
  expect(onto('release')).toEqual(['f0', 'f1']);
  const [one, other] = [await view(first), await view(second)];
  expect(other.evidence).toMatchObject({ base: one.commit, greenAfter: true });
  expect(git('rev-parse', 'release', 'release^', merging.branch()).split('\n')).toEqual([
    other.commit,
    one.commit,
    other.commit,
  ]);
  expect(await broken()).toEqual([]);
});

test('a change that is red on what has gone in before is refused and named, and the branch stays', async () => {
  await merging.start();
  const first = await begin('a');
  await merge(first);
  const second = await begin('b');
  await merging.house.enqueue(second, 'merge');
  await merging.ended(second, 'refused');
  expect(await view(second)).toMatchObject({ code: 'checks.red' });
  expect(onto('release')).toEqual(['a']);
  expect(await broken()).toEqual([]);
});

test('a workflow goes on where others have gone in meanwhile', async () => {
  await merging.start();
  const [one, two_] = await merging.beginWith({ into: 'release' }, { key: 'one' }, { key: 'two' });
  const branch = merging.branch();
  await merging.approve(one, two('f0'));
  await merge(one);
  await merge(await begin('f1'));
  await merging.approve(two_, two('f2'));
  await merge(two_);
  expect(onto('release')).toEqual(['f0', 'f1', 'f2']);
  expect(git('rev-parse', branch)).toBe(git('rev-parse', 'release'));
  expect(await broken()).toEqual([]);
});

test('what somebody else puts onto the branch while a change is checked is below it then', async () => {
  let isFirst = true;
  await merging.start((real) => ({
    prove: async (request) => {
      const proof = await real.prove(request);
      if (isFirst) git('branch', '--force', 'release', commitOf('f5', git('rev-parse', 'release')));
      isFirst = false;
      return proof;
    },
  }));
  git('branch', '--force', 'release', commitOf('f4', merging.repo.base));
  const id = await begin('f0');
  await merge(id);
  expect(await into(id)).toBe('moved');
  expect(onto('release')).toEqual(['f4', 'f5', 'f0']);
});

test('a change that stands on one that was handed in before waits for it', async () => {
  await merging.start();
  const below = commitOf('f0', merging.repo.base);
  const first = await begin('f0', { commit: below });
  const second = await begin('f1', { base: below, commit: commitOf('f1', below) });
  await merging.house.enqueue(second, 'merge');
  await expect
    .poll(async () => (await merging.house.events(`task/${second}`)).map(({ type }) => type))
    .toContain('task.snoozed');
  expect(onto('release')).toEqual([]);
  await merge(first);
  await merging.ended(second, 'merged');
  expect(onto('release')).toEqual(['f0', 'f1']);
  expect(git('log', '--format=%H', 'release')).not.toContain(below);
  expect(await broken()).toEqual([]);
});

test('commits that went in as one count as there, and so do equal ones that others put there', async () => {
  await merging.start();
  const below = commitOf('f1', commitOf('f0', merging.repo.base));
  const [first] = await merging.beginWith({ into: 'release', commit: below }, {});
  await merging.approve(first, `${two('f0')}${two('f1')}`);
  await merge(first);
  const second = await begin('f2', { base: below });
  await merge(second);
  expect(await into(second)).toBe('moved');
  git('branch', '--force', 'release', commitOf('f4', git('rev-parse', 'release')));
  const third = await begin('f5', { base: commitOf('f4', below) });
  await merge(third);
  expect(await into(third)).toBe('moved');
  expect(onto('release')).toEqual(['f0', 'f1', 'f2', 'f4', 'f5']);
});

test('on what the branch lacks, and nobody has handed in, a change stays on its own branch and says so', async () => {
  await merging.start();
  const below = commitOf('f0', merging.repo.base);
  const id = await begin('f1', { base: below });
  await merge(id);
  expect(await into(id)).toMatch(
    new RegExp(`^release lacks ${below.slice(0, 8)}, which the change was made on, and was left alone; take`),
  );
  expect(onto('release')).toEqual([]);
  expect(onto(merging.branch())).toEqual(['f0', 'f1']);
});

test('a branch that Hive could not move stays behind, and what follows says so', async () => {
  await merging.start();
  git('checkout', '--quiet', 'release');
  const [one, other] = await merging.beginWith({ into: 'release' }, { key: 'one' }, { key: 'two' });
  await merging.approve(one, two('f0'));
  await merge(one);
  expect(await into(one)).toMatch(/^release is checked out/);
  git('checkout', '--quiet', 'main');
  git('branch', '--force', 'release', commitOf('f4', merging.repo.base));
  await merging.approve(other, two('f1'));
  await merge(other);
  expect(await into(other)).toMatch(/^release has moved off the line/);
  expect(onto('release')).toEqual(['f4']);
  expect(onto(merging.branch())).toEqual(['f0', 'f1']);
});

test('what somebody has taken out of the branch again does not come back with the next change', async () => {
  await merging.start();
  const [one, other] = await merging.beginWith({ into: 'release' }, { key: 'one' }, { key: 'two' });
  git('branch', '--force', 'release', commitOf('f4', merging.repo.base));
  await merging.approve(one, two('f0'));
  await merge(one);
  expect(onto('release')).toEqual(['f4', 'f0']);
  git('branch', '--force', 'release', merging.repo.base);
  await merging.approve(other, two('f1'));
  await merge(other);
  expect(await into(other)).toMatch(/^release was moved back behind what others had put there/);
  expect(onto('release')).toEqual([]);
});
