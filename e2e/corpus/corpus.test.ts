import { globSync } from 'node:fs';
import { basename, join } from 'node:path';
import { catalogue, isEventType, parseEventData, type DataOf, type UpcasterChain, type Upcasters } from '@hive/events';
import { expect, test } from 'vitest';
import { canonical } from './canonical.ts';
import { realScenes } from './real-scenes.ts';
import { replay } from './replay.ts';
import { playedScenes } from './scenes.ts';
import { readTrace } from './trace-file.ts';

const files = globSync(join(import.meta.dirname, 'traces/*.jsonl')).sort();
const scenes = { ...playedScenes, ...realScenes };

test('the corpus holds a trace of every scene, fifty at least; those of earlier scenes stay', () => {
  const names = new Set(files.map((file) => basename(file, '.jsonl')));
  expect(Object.keys(scenes).filter((name) => !names.has(name))).toEqual([]);
  expect(files.length).toBeGreaterThanOrEqual(50);
});

test('between them the traces tell of everything that can happen to a workflow and a task', () => {
  const told = new Set<string>(files.flatMap((file) => readTrace(file).lines.map(({ event }) => event.type)));
  expect(Object.keys(catalogue).filter((type) => /^(workflow|task)\./.test(type) && !told.has(type))).toEqual([]);
});

test.each(files.map((file) => [basename(file, '.jsonl'), file]))(
  '%s: the same folds, the same decisions',
  (_, file) => {
    const { lines, views } = readTrace(file);
    const today = replay(lines);
    for (const [index, { event, decided = [] }] of lines.entries()) {
      const { type, data } = today.events[index] ?? event;
      if (!isEventType(type)) throw new Error(`${String(type)} is not known any more; declare an upcaster`);
      expect(() => parseEventData(type, data)).not.toThrow();
      // What was decided then is decided now; a later Hive may say more about it.
      expect([index, type, canonical(today.decided[index] ?? [])]).toMatchObject([index, event.type, decided]);
    }
    expect(canonical(today.views)).toMatchObject(views);
  },
);

// What a claim looked like if an earlier Hive had called the agent its `holder`, and given the time that the lease lasts.
const known: Upcasters = {
  'task.claimed': [
    ({ holder, ...rest }) => ({ ...rest, agent: holder }),
    ({ leaseMs, claimedAt, ...rest }) => ({
      ...(rest as Omit<DataOf<'task.claimed'>, 'leaseUntil'>), // what the older trace holds
      leaseUntil: new Date(Date.parse(String(claimedAt)) + Number(leaseMs)).toISOString(),
    }),
  ] satisfies UpcasterChain<'task.claimed'>,
};

test('a trace of two earlier shapes folds and decides like one of today, through its upcasters and not without them', () => {
  const { lines, views } = readTrace(join(import.meta.dirname, 'older/claims-by-holder.jsonl'));
  const today = replay(lines, known);
  expect(today.decided.map((it) => canonical(it))).toMatchObject(lines.map((line) => line.decided ?? []));
  expect(canonical(today.views)).toMatchObject(views);
  expect(canonical(replay(lines).views)).not.toMatchObject(views);
});
