import { expect, test } from 'vitest';
import type { HiveEvent, TaskCard } from '@hive/events';
import { cardsOf, countOf, foldBoard, fullLanes, laneOf, lanes, type Board } from './board-model.ts';
import { card } from '../../../testing/task-card.ts';
import { whyNoCancel, whyNoRetry } from './task-verbs.ts';

const none = {
  waiting: null,
  ready: null,
  claimed: null,
  checking: null,
  reviewing: null,
  merging: null,
  done: null,
  failed: null,
};
const board = (cards: readonly TaskCard[], counts: Record<string, number> = {}): Board => ({
  cards: new Map(cards.map((it) => [it.id, it])),
  next: none,
  counts: {
    ...Object.fromEntries(cards.map(({ state }) => [state, cards.filter((it) => it.state === state).length])),
    ...counts,
  },
});
const event = (type: string, id: string, data: object = {}, second = 5) =>
  ({ type, stream: `task/${id}`, at: `2026-01-01T00:00:0${second}.000Z`, data }) as unknown as HiveEvent;
const all = { text: '', author: '' };
const lane = (id: string) => lanes.find((it) => it.id === id)!;

test('every state of a task has one column', () => {
  const states = lanes.flatMap((it) => it.states);
  expect(new Set(states).size).toBe(states.length);
  expect(states).toHaveLength(14);
  expect(laneOf('dead_lettered').id).toBe('failed');
});

test('cards move with events, counts follow, and a repeated event changes nothing', () => {
  const claimed = event('task.claimed', 'a', { step: 'work', agent: 'worker-1', attempt: 1 });
  const once = foldBoard(board([card('a', 'ready'), card('b', 'ready')], { merged: 90_000 }), [claimed]);
  expect(once.unknown).toBe(false);
  expect(once.board.cards.get('a')).toMatchObject({ state: 'working', agent: 'worker-1' });
  expect([countOf(once.board, lane('ready')), countOf(once.board, lane('claimed'))]).toEqual([1, 1]);
  expect(countOf(once.board, lane('done'))).toBe(90_000);
  expect(foldBoard(once.board, [claimed]).board.counts).toEqual(once.board.counts);
  const failed = foldBoard(once.board, [
    event('task.refused', 'a', { code: 'checks.red', reason: '3 tests fail' }, 6),
    event('task.attempt_failed', 'a', {}, 4),
  ]);
  expect(failed.board.cards.get('a')).toMatchObject({
    state: 'refused',
    status: 'refused',
    code: 'checks.red',
    agent: null,
  });
});

test('what a task waited for is taken away when it is merged', () => {
  const waits = card('b', 'pending', { blockedBy: [{ id: 'a', key: 'key-a', status: 'reviewed' }] });
  const { board: after } = foldBoard(board([card('a', 'reviewed'), waits]), [event('task.merged', 'a')]);
  expect(after.cards.get('b')?.blockedBy).toEqual([]);
  expect(cardsOf(after, lane('done'), all).cards.map(({ id }) => id)).toEqual(['a']);
});

test('an event about a card that was not read asks for the counts', () => {
  expect(foldBoard(board([]), [event('task.created', 'z')]).unknown).toBe(true);
});

test('a column shows the newest first and says what its filter hides', () => {
  const it = board([
    card('a', 'ready'),
    card('c', 'ready', { author: 'ollama:coder@ash', title: 'Leap days' }),
    card('b', 'ready', { author: 'oracle' }),
    card('d', 'merged'),
  ]);
  expect(cardsOf(it, lane('ready'), all).cards.map(({ id }) => id)).toEqual(['c', 'b', 'a']);
  expect(cardsOf(it, lane('ready'), { text: 'leap DATES', author: 'model' })).toMatchObject({
    cards: [{ id: 'c' }],
    hidden: 2,
  });
  expect(cardsOf(it, lane('ready'), { text: '', author: 'oracle' }).cards).toHaveLength(1);
  expect(fullLanes({ counts: { ready: 3, merged: 0, refused: 1 } }).map(({ id }) => id)).toEqual(['ready', 'failed']);
});

test('verbs are offered where they have an effect', () => {
  const may = (state: TaskCard['state']) => [whyNoRetry({ state }) === null, whyNoCancel({ state }) === null];
  expect(
    ['waiting', 'working', 'merged', 'refused', 'dead_lettered'].map((it) => may(it as TaskCard['state'])),
  ).toEqual([
    [true, true],
    [false, true],
    [false, false],
    [true, false],
    [true, true],
  ]);
});
