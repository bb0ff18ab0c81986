import { expect, test } from 'vitest';
import type { HiveEvent } from '@hive/events';
import { eventLinks, eventParts } from './event-parts.ts';

const event = (type: string, data: object) =>
  ({ id: 'e1', type, correlationId: 'c1', stream: 's', data }) as unknown as HiveEvent;
const names = (it: HiveEvent) => eventParts(it).map(({ name }) => name);
const facts = (it: HiveEvent) =>
  Object.fromEntries(eventParts(it).flatMap((part) => part.facts.map((f) => [f.name, f.text])));

const called = {
  ...{ model: 'qwen3-coder:30b', box: 'walnut', provider: 'ollama', destination: 'walnut.local:11434' },
  ...{ outcome: 'ok', input: 6120, output: null, cached: 0, costUsd: null, firstTokenMs: 410, totalMs: 4900 },
  ...{ tokensPerS: 71.44, source: 'replay', prompt: 'p'.repeat(64), reply: 'r'.repeat(64), taskId: 't1' },
};

test('a call tells its model, what it took, and leads to what was asked and answered; what is unknown is not 0', () => {
  const call = event('model.called', called);
  expect(names(call)).toEqual(['Model', 'Input', 'Output']);
  expect(facts(call)).toMatchObject({
    Where: 'walnut, walnut.local:11434',
    Tokens: '6,120 in, not reported out, 0 from a cache',
    Cost: 'not reported',
    Took: '4.9 s, first token after 410 ms',
    Speed: '71.4 tokens/s',
    Answered: 'from the recording',
  });
  expect(eventParts(call).flatMap(({ texts }) => texts.map(({ kind, hash }) => [kind, hash[0]]))).toEqual([
    ['prompt', 'p'],
    ['reply', 'r'],
  ]);
  const failed = event('model.called', { ...called, outcome: 'model.unavailable', reply: null });
  expect(facts(failed)).toMatchObject({ Outcome: 'model.unavailable', Answer: 'none was recorded' });
});

test('what was refused says why first; a check then tells each command with its end and its output', () => {
  const evidence = {
    commands: [
      { name: 'test', argv: ['npm', 'test'], on: 'base+tests', exit: 1, ms: 760, log: 'a' },
      { name: 'test', argv: ['npm', 'test'], on: 'head', exit: 0, ms: 900, log: 'b' },
      { name: 'lint', argv: ['lint'], on: 'head', exit: null, infra: 'sandbox.memory', ms: 10, log: 'c' },
    ],
    ...{ redBefore: 'red', greenAfter: true, checkedBy: { agent: 'worker-2', host: 'walnut' }, sandbox: 'bwrap' },
  };
  const finding = { rule: 'checks.red', message: 'no such day', file: 'src/a.js', line: 3, severity: 'error' };
  const checked = event('task.checked', {
    ...{ taskId: 't1', evidence },
    verdict: { code: 'checks.red', reason: '1 test fails', findings: [finding] },
  });
  expect(names(checked)).toEqual(['Why', 'Evidence', 'Commands', 'Findings']);
  expect(facts(checked)).toMatchObject({ Reason: '1 test fails', 'checks.red': 'no such day (src/a.js:3)' });
  const texts = eventParts(checked).flatMap((part) => part.texts);
  expect(texts.map(({ name, tone }) => `${tone}: ${name}`)).toEqual([
    'failed: test before, with its tests: npm test, exit 1, 760 ms',
    'ok: test after: npm test, exit 0, 900 ms',
    'waiting: lint after: lint, sandbox.memory, 10 ms',
  ]);
  expect(
    names(event('task.refused', { code: 'evidence.not_red', reason: 'nothing was red', findings: [finding] })),
  ).toEqual(['Why', 'Findings']);
  expect(facts(event('workflow.failed', { code: null, reason: '2 tasks did not get in' }))).toEqual({
    Reason: '2 tasks did not get in',
  });
});

test('an event leads to its task, its change, its evidence, its approval and its agent', () => {
  const links = (type: string, data: object) => eventLinks(event(type, data)).map(({ href }) => href);
  expect(links('task.submitted', { taskId: 't1', agent: 'worker/1' })).toEqual([
    '/tasks/t1',
    '/traces/c1?view=changes&task=t1',
    '/agents/worker%2F1',
  ]);
  expect(links('task.merged', { taskId: 't1' })).toEqual(['/tasks/t1', '/traces/c1?view=evidence&task=t1']);
  expect(links('approval.requested', { taskId: null, approvalId: 'a1' })).toEqual(['/approvals/a1']);
  expect(links('workflow.completed', {})).toEqual([]);
  expect(eventParts(event('of.a_newer_hive', { code: 'x' }))).toEqual([]);
});
