import { expect, test } from 'vitest';
import { createColour } from '../terminal/colour.ts';
import { logLine } from './log-line.ts';

const plain = createColour(false);

test('our lines are read by people', () => {
  const time = '2026-01-01T10:00:00.123Z';
  const line = JSON.stringify({
    level: 40,
    time,
    pid: 1,
    agent: 'worker-1',
    taskId: 't',
    err: { message: 'gone' },
    msg: 'beat failed',
  });
  expect(logLine('worker-1', line, plain)).toMatch(
    /^\d\d:00:00\.123  worker-1         warn   beat failed  gone  taskId=t$/,
  );
});

test('a line with another idea of time is shown as it is', () => {
  expect(logLine('planner', '{"level":30,"time":"later"}', plain)).toContain('{"level":30');
});

test('anything else is shown as it is, and cannot move the cursor', () => {
  expect(logLine('planner', 'Error: \u001b[2Jx', plain)).toMatch(/planner +Error: \\x1b\[2Jx$/);
});
