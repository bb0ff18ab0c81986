import { armFailpoints, disarmFailpoints } from '@hive/failpoints';
import { streams, type EventOf, type Evidence } from '@hive/events';
import { evidenceDigest } from '@hive/workspace';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { openMergeHouse, type MergeHouse } from '../testing/merge-house.ts';

let merging: MergeHouse;
const files = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`f${n}.txt`, 'one\n']));

beforeEach(async () => {
  merging = await openMergeHouse(files);
});
afterEach(() => merging.house.close());

const view = (id: string) => merging.house.view(id);
const two = (...names: string[]) =>
  merging.repo.patchOf(Object.fromEntries(names.map((name) => [`${name}.txt`, 'two\n'])));
const broken = () => merging.house.broken();

/** A branch that has one commit, and changes of one file each that are approved on the base below it. */
const begin = async (
  names: readonly string[],
  submission = {},
  moved = 'c',
): Promise<readonly [string, ...string[]]> => {
  const [first, ...ids] = await merging.beginWith(submission, {}, ...names.map((key) => ({ key })));
  await merging.approve(first, two(moved));
  await merging.house.enqueue(first, 'merge');
  await merging.ended(first, 'merged');
  for (const [index, id] of ids.entries()) await merging.approve(id, two(names[index] ?? ''));
  const [lead = '', ...others] = ids;
  return [lead, ...others];
};
const enqueue = ([lead, ...others]: readonly string[]) => merging.house.enqueue(lead ?? '', 'merge', { with: others });
const checked = async () =>
  (await merging.house.events(merging.stream())).filter(
    (event): event is EventOf<'merge.batch_checked'> => event.type === 'merge.batch_checked',
  );
const noteOf = (commit: string) => merging.repo.git('notes', '--ref', 'hive', 'show', commit);
const onBranch = () =>
  merging.repo
    .git('diff', '--name-only', merging.repo.base, merging.branch())
    .split('\n')
    .map((path) => path.replace('.txt', ''));

test('changes that are named together are checked once and go in as a commit each, with evidence that says so', async () => {
  await merging.start();
  const ids = await begin(['f0', 'f1', 'f2']);
  const base = merging.tipOf();
  await enqueue(ids);
  await merging.ended(ids[0], 'merged');
  expect((await merging.mergeEvents()).slice(2)).toEqual([
    'batch_checked',
    ...['intended', 'intended', 'intended'],
    ...['completed', 'completed', 'completed'],
  ]);
  const tasks = await Promise.all(ids.map(view));
  expect(tasks.map(({ state }) => state)).toEqual(['merged', 'merged', 'merged']);
  expect(merging.commits().slice(0, 3)).toEqual(tasks.map(({ commit }) => commit).reverse());
  const [only] = await checked();
  expect(only?.data).toMatchObject({ tasks: ids, evidence: { base, commands: [{ on: 'head', exit: 0 }] } });
  for (const { commit, evidence, id } of tasks) {
    const note = noteOf(commit ?? '');
    expect(JSON.parse(note)).toEqual(evidence);
    const named = merging.repo.git('log', '-1', '--format=%(trailers:key=Hive-Evidence,valueonly)%T', commit ?? '');
    const place = evidence?.batch?.changes.find((change) => change.task === id);
    expect(named).toBe(`sha256:${evidenceDigest(`${note.trim()}\n`)}\n${place?.tree ?? ''}`);
    // Its own proof is on its own base; the batch says what it went in with.
    expect(evidence).toMatchObject({ base: merging.repo.base, batch: { base, tree: only?.data.evidence.tree } });
  }
  expect(merging.repo.git('rev-parse', `${merging.branch()}^{tree}`)).toBe(only?.data.evidence.tree);
  expect(await broken()).toEqual([]);
});

test('of eight, one that is green alone and red with the others is named, and the seven others go in', async () => {
  await merging.start();
  const names = ['f0', 'f1', 'f2', 'f3', 'b', 'f5', 'f6', 'f7'];
  const ids = await begin(names, {}, 'a');
  await enqueue(ids);
  await merging.ended(ids[0], 'merged');
  const bad = ids[4] ?? '';
  expect(await view(bad)).toMatchObject({ state: 'refused', code: 'checks.red' });
  expect((await view(bad)).reason).toContain('together with f0, f1, f2, f3: check: exit 1');
  const rest = ids.slice(5);
  expect((await Promise.all(rest.map(view))).map(({ state }) => state)).toEqual(rest.map(() => 'reviewed'));
  await enqueue(rest);
  await merging.ended(rest[0] ?? '', 'merged');
  const rejected = (await merging.house.events(merging.stream())).filter(({ type }) => type === 'merge.rejected');
  expect(rejected.map(({ data }) => data)).toMatchObject([{ taskId: bad, culprit: bad, lead: ids[0] }]);
  expect(onBranch()).toEqual(['a', 'f0', 'f1', 'f2', 'f3', 'f5', 'f6', 'f7']);
  // Two batches; what the culprit cost beyond them.
  expect((await checked()).length - 2).toBeLessThanOrEqual(2 * Math.log2(8));
  expect(await broken()).toEqual([]);
});

test('interrupted anywhere on its way, the same commits go in, once each', async () => {
  await merging.start();
  const places = [
    'merge.stacked',
    'merge.sealed',
    'merge.intent',
    'merge.ref.moved',
    'merge.delivered',
    'merge.others',
  ];
  const ids = await begin(places.flatMap((_, index) => [`f${2 * index}`, `f${2 * index + 1}`]));
  for (const [index, place] of places.entries()) {
    const pair = ids.slice(index * 2, index * 2 + 2);
    armFailpoints({ failpoints: `${place}=throw@1`, failpointLog: null }, 'test');
    onTestFinished(disarmFailpoints);
    await enqueue(pair);
    for (const id of pair) await merging.ended(id, 'merged');
  }
  const commits = merging.commits();
  expect(commits).toHaveLength(1 + ids.length);
  for (const commit of commits) expect(noteOf(commit)).toContain('"greenAfter":true');
  expect(merging.repo.git('notes', '--ref', 'hive', 'list').split('\n')).toHaveLength(commits.length);
  expect(await broken()).toEqual([]);
});

test('one that is cancelled while they are checked stays out; cancelled later it is in, and its task stays cancelled', async () => {
  let meanwhile: (() => Promise<void>) | null = null;
  const cancel = (id: string) => () =>
    merging.house.tell(id, { type: 'task.cancelled', stream: streams.task(id), data: { taskId: id } });
  let at: 'prove' | 'seal' | 'deliver' = 'prove';
  const then = async (place: typeof at) => {
    if (place !== at || !meanwhile) return;
    const act = meanwhile;
    meanwhile = null;
    await act();
  };
  await merging.start((real) => ({
    prove: async (request) => {
      const proof = await real.prove(request);
      await then('prove');
      return proof;
    },
    seal: async (request) => {
      await then('seal');
      return real.seal(request);
    },
    deliver: async (delivery) => {
      await then('deliver');
      return real.deliver(delivery);
    },
  }));
  const ids = await begin(['f0', 'f1', 'f2', 'f3', 'f4', 'f5', 'f6']);
  meanwhile = cancel(ids[1] ?? '');
  await enqueue(ids.slice(0, 3));
  await merging.ended(ids[0], 'merged');
  expect(onBranch()).toEqual(['c', 'f0', 'f2']);
  at = 'deliver';
  meanwhile = cancel(ids[4] ?? '');
  await enqueue(ids.slice(3, 5));
  await merging.ended(ids[3] ?? '', 'merged');
  expect(onBranch()).toEqual(['c', 'f0', 'f2', 'f3', 'f4']);
  // In the last moment before the intents: what was proven with it is not what goes in.
  at = 'seal';
  meanwhile = cancel(ids[6] ?? '');
  await enqueue(ids.slice(5));
  await merging.ended(ids[5] ?? '', 'merged');
  expect(onBranch()).toEqual(['c', 'f0', 'f2', 'f3', 'f4', 'f5']);
  expect(await view(ids[4] ?? '')).toMatchObject({ state: 'cancelled' });
  expect((await merging.mergeEvents()).filter((type) => type === 'completed')).toHaveLength(6);
  for (const commit of merging.commits()) expect(noteOf(commit)).toContain('"greenAfter":true');
  expect(await broken()).toEqual([]);
});

test('the one that led the others is cancelled in the middle: the next finishes what has moved', async () => {
  let isFirst = true;
  let lead = '';
  await merging.start((real) => ({
    deliver: async (delivery) => {
      const delivered = await real.deliver(delivery);
      if (lead === '' || !isFirst) return delivered;
      isFirst = false;
      await merging.house.tell(lead, { type: 'task.cancelled', stream: streams.task(lead), data: { taskId: lead } });
      throw new Error('killed');
    },
  }));
  const ids = await begin(['f0', 'f1', 'f2']);
  [lead] = ids;
  await enqueue(ids);
  await merging.ended(lead, 'cancelled');
  await enqueue(ids.slice(1));
  await merging.ended(ids[1] ?? '', 'merged');
  await merging.ended(ids[2] ?? '', 'merged');
  expect((await merging.mergeEvents()).filter((type) => type === 'completed')).toHaveLength(4);
  expect(merging.commits()).toHaveLength(4);
  expect(await broken()).toEqual([]);
});

test('by policy a merge has two parents: the branch, and the commit of the author', async () => {
  await merging.start();
  const ids = await begin(['f0', 'f1'], { policy: { merge: { strategy: 'merge' } } });
  const base = merging.tipOf();
  const [one = '', other = ''] = (await Promise.all(ids.map(view))).map(({ commit }) => commit ?? '');
  await enqueue(ids);
  await merging.ended(ids[0], 'merged');
  const [first = '', second = ''] = (await Promise.all(ids.map(view))).map(({ commit }) => commit ?? '');
  const parents = (commit: string) => merging.repo.git('log', '-1', '--format=%P', commit).split(' ');
  expect(parents(first)).toEqual([base, one]);
  expect(parents(second)).toEqual([first, other]);
  expect(onBranch()).toEqual(['c', 'f0', 'f1']);
  expect(await broken()).toEqual([]);
});

test.each([
  ['agrees', false, { state: 'merged' }],
  ['disagrees', true, { state: 'refused', code: 'evidence.flaky' }],
] as const)('a second opinion that %s', async (_, isOther, expected) => {
  const [id] = await merging.beginWith({ policy: { proof: { secondOpinion: 'always' } } }, {});
  await merging.approve(id, two('f0'));
  await merging.start((real) => ({
    prove: async (request) => {
      const proof = await real.prove(request);
      if (!isOther) return proof;
      const commands = proof.evidence.commands.map((command) =>
        command.on === 'head' ? { ...command, exit: 1 } : command,
      );
      const evidence: Evidence = { ...proof.evidence, commands, greenAfter: false };
      return { ...proof, evidence, code: 'checks.red', reason: 'check: exit 1' };
    },
  }));
  await merging.house.enqueue(id, 'merge');
  await merging.ended(id, expected.state);
  const task = await view(id);
  expect(task).toMatchObject(expected);
  expect(await merging.mergeEvents()).toContain('batch_checked');
  if (isOther) expect(task.reason).toMatch(/^check came out differently when reviewer checked it again/);
  else expect(task.evidence?.secondOpinion).toMatchObject({ agent: 'reviewer', agrees: true });
  expect(await broken()).toEqual([]);
});
