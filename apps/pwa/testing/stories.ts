import type { HiveEvent, Step } from '@hive/events';
import { streams } from '@hive/events';
import { createLog, idOf, type Log } from './log.ts';
import { tellWorkflow, type WorkflowStory } from './workflow-story.ts';

const minute = 60_000;
const oracle = 'oracle';

/** The bundled example, of which not all gets in. */
export const example = (startedAt: number): WorkflowStory => ({
  goal: 'Example: ten tasks for the almanac library',
  repo: '/srv/hive/.hive/example/almanac',
  startedAt,
  example: true,
  tasks: [
    { key: 'parse-dates', title: 'Refuse dates that the calendar does not have', author: oracle, end: 'merged' },
    {
      key: 'fast-path',
      title: 'Read ISO dates without regular expressions, and timestamps too',
      needs: ['parse-dates'],
      author: oracle,
      end: {
        code: 'checks.red',
        reason: '3 tests fail, first test/parse.test.js:41 refuses 2023-02-29',
        findings: [
          {
            rule: 'checks.red',
            message: 'expected "2023-02-29" to be refused\n  at test/parse.test.js:41:5',
            file: 'test/parse.test.js',
            line: 41,
            severity: 'error',
          },
        ],
      },
    },
    {
      key: 'iso-weeks',
      title: 'Number the weeks around New Year as ISO 8601 does',
      author: oracle,
      end: 'merged',
      checkMs: 1200,
    },
    {
      key: 'week-labels',
      title: 'Write weeks as 2024-W06',
      needs: ['iso-weeks'],
      author: oracle,
      end: { code: 'patch.conflict', reason: 'src/week.js: hunk 2 does not apply after iso-weeks' },
    },
    {
      key: 'end-of-month',
      title: 'Stop at the last day when months are added',
      author: oracle,
      end: 'merged',
      checkMs: 760,
    },
    {
      key: 'month-series',
      title: 'Let a series on the 31st return to the 31st',
      needs: ['end-of-month'],
      author: oracle,
      end: 'merged',
    },
    {
      key: 'add-duration',
      title: 'Add durations of years and months',
      needs: ['end-of-month'],
      author: oracle,
      end: 'merged',
      checkMs: 1100,
    },
    {
      key: 'guide',
      title: 'Describe the end of a month in the guide',
      needs: ['month-series', 'add-duration'],
      author: oracle,
      redBefore: 'not_needed',
      end: 'merged',
    },
    {
      key: 'doc-examples',
      title: 'Run every example of the documents',
      needs: ['guide'],
      kind: 'command',
      author: 'tool',
      workMs: 640,
      end: 'completed',
    },
    {
      key: 'tidy',
      title: 'Correct two spelling mistakes in the documents',
      author: oracle,
      redBefore: 'not_needed',
      end: { code: 'paths.outside', reason: 'touches src/index.js, declared docs/**' },
    },
  ],
});

const model = 'ollama:qwen3-coder:30b@walnut';

/** Work of models, one of which proved nothing. */
export const parser = (startedAt: number): WorkflowStory => ({
  goal: 'Fix the date parser: leap days, ISO weeks and time zones without a colon',
  repo: '/home/ada/src/calendar',
  startedAt,
  reviewer: 'model',
  tasks: [
    { key: 'leap-days', title: 'Refuse 29 February in common years', author: model, end: 'merged' },
    { key: 'iso-weeks', title: 'Read 2026-W07-3', author: model, end: 'merged', workMs: 8200 },
    {
      key: 'zones',
      title: 'Read offsets without a colon',
      author: model,
      firstFails: 'The answer ended in the middle of a JSON object',
      end: {
        code: 'evidence.not_red',
        reason:
          'Nothing failed without the change: no test of the patch is red on the base. Add a test that fails before, or declare red before as not needed.',
        findings: [
          {
            rule: 'evidence.not_red',
            message: 'All 2 checks are green on the base together with the tests of the patch.',
          },
        ],
      },
    },
    {
      key: 'zone-docs',
      title: 'Describe offsets in the guide',
      needs: ['zones'],
      author: 'human',
      redBefore: 'not_needed',
      end: 'blocked',
    },
  ],
});

const release = (startedAt: number): WorkflowStory => ({
  goal: 'Release chores',
  repo: '/home/ada/src/calendar',
  startedAt,
  tasks: [
    { key: 'changelog', title: 'Write the changelog of 2.4', author: 'human', redBefore: 'not_needed', end: 'merged' },
    { key: 'drop-node-18', title: 'Drop Node 18', author: 'human', end: 'merged', checkMs: 4100 },
    {
      key: 'check-docs',
      title: 'Run the examples of the documents',
      needs: ['changelog'],
      kind: 'command',
      author: 'tool',
      end: 'completed',
    },
  ],
});

const api = (startedAt: number): WorkflowStory => ({
  goal: 'Remove the deprecated parse() of the calendar',
  repo: '/home/ada/src/calendar',
  startedAt,
  reviewer: 'model',
  tasks: [{ key: 'remove-parse', title: 'Remove parse() and what only it used', author: model, end: 'waiting' }],
});

const hostile = (startedAt: number): WorkflowStory => ({
  goal: 'Sort the contributors \u202e)etaluceps(\u202c by name\u200b',
  repo: '/home/ada/src/\u001b[31mred\u001b[0m',
  startedAt,
  tasks: [{ key: 'sort', title: '<img src=x onerror=alert(1)> \u0007 sorted', author: 'human', end: 'merged' }],
});

/** Work that is on its way. */
export const running = (startedAt: number): WorkflowStory => ({
  goal: 'Move the store to streams, one module at a time',
  repo: '/home/ada/src/pantry',
  startedAt,
  tasks: [
    { key: 'reader', title: 'Read through a stream', author: model, end: 'merged', workMs: 6100, checkMs: 2100 },
    { key: 'writer', title: 'Write through a stream', author: model, end: 'merged', workMs: 7400, checkMs: 2600 },
    {
      key: 'index',
      title: 'Build the index while reading',
      needs: ['reader'],
      author: model,
      end: 'merged',
      workMs: 9100,
    },
    {
      key: 'compact',
      title: 'Compact without stopping readers',
      needs: ['reader', 'writer'],
      author: 'claude:sonnet',
      end: 'open',
      workMs: 5200,
    },
    {
      key: 'bench',
      title: 'Measure before and after',
      needs: ['compact'],
      kind: 'command',
      author: 'tool',
      end: 'completed',
    },
  ],
});

const stepsOf: Readonly<Record<string, readonly Step[]>> = {
  planner: ['plan'],
  worker: ['work', 'check'],
  reviewer: ['review', 'merge'],
};

/** An agent says that it is there. */
export const register = (log: Log, agent: string, role: string, at: number): void => {
  const incarnation = idOf(`agent ${agent}`);
  const data = {
    agent,
    role,
    incarnation,
    host: 'walnut',
    pid: 4200 + log.events.length,
    capabilities: [role],
    steps: [...(stepsOf[role] ?? [])],
    version: '0.1.0',
  };
  log.record(
    { type: 'agent.registered', stream: streams.agent(incarnation), data },
    { actor: agent, at, correlationId: incarnation, cause: null },
  );
};

/** What was recorded before the page is opened, and what is still to come, one event after the other. */
export type Story = {
  readonly past: readonly HiveEvent[];
  readonly future: readonly HiveEvent[];
  /** The bytes that events refer to, by hash. */
  readonly artefacts: ReadonlyMap<string, string>;
  readonly ids: Readonly<Record<'example' | 'failed' | 'running' | 'hostile', string>>;
};

/** A day in the life of a Hive that ends now. */
export const tellStory = (now: number): Story => {
  const log = createLog();
  for (const [agent, role] of [
    ['orchestrator', 'orchestrator'],
    ['planner-1', 'planner'],
    ['worker-1', 'worker'],
    ['worker-2', 'worker'],
    ['reviewer-1', 'reviewer'],
  ] as const)
    register(log, agent, role, now - 200 * minute);
  const ids = {
    example: tellWorkflow(log, example(now - 190 * minute)),
    hostile: tellWorkflow(log, hostile(now - 150 * minute)),
    release: tellWorkflow(log, release(now - 95 * minute)),
    failed: tellWorkflow(log, parser(now - 47 * minute)),
    waiting: tellWorkflow(log, api(now - 21 * minute)),
    running: '',
  };
  const known = log.events.length;
  ids.running = tellWorkflow(log, running(now - 16_000));
  const cut = log.events.findLastIndex((event, index) => index >= known && Date.parse(event.at) <= now) + 1;
  return { past: log.events.slice(0, cut), future: log.events.slice(cut), artefacts: log.artefacts, ids };
};

/** Less of it, where each screen has to be loaded and looked through: a workflow of which not all was merged, and a change that waits. */
export const tellEvening = (now: number): Story => {
  const log = createLog();
  register(log, 'worker-1', 'worker', now - 60 * minute);
  const failed = tellWorkflow(log, parser(now - 47 * minute));
  tellWorkflow(log, api(now - 21 * minute));
  return { ...tellNothing(), past: log.events, artefacts: log.artefacts, ids: { ...tellNothing().ids, failed } };
};

/** A Hive in which tasks ran out of rescues and wait as dead letters. */
export const tellTrouble = (now: number): Story => {
  const log = createLog();
  register(log, 'orchestrator', 'orchestrator', now - 60 * minute);
  register(log, 'worker-1', 'worker', now - 60 * minute);
  const alert = { alert: 'response_time ash', message: 'Box ash answers slowly: 41 s where 10 s are allowed' };
  log.record(
    { type: 'system.alert_raised', stream: streams.system, data: alert },
    { actor: 'orchestrator', at: now - 12 * minute, correlationId: idOf('agent orchestrator'), cause: null },
  );
  const end = { code: 'rescues.exhausted', reason: 'Its agent vanished three times while it worked' } as const;
  const failed = tellWorkflow(log, {
    goal: 'Move the archive to object storage',
    repo: '/home/ada/src/pantry',
    startedAt: now - 30 * minute,
    tasks: [
      { key: 'upload', title: 'Upload in parts', author: model, end },
      { key: 'restore', title: 'Restore a part', author: model, end },
      { key: 'guide', title: 'Describe the restore', needs: ['restore'], author: 'human', end: 'blocked' },
    ],
  });
  return { ...tellNothing(), past: log.events, ids: { example: '', failed, running: '', hostile: '' } };
};

/** A Hive in which nothing was ever asked for. */
export const tellNothing = (): Story => ({
  past: [],
  future: [],
  artefacts: new Map(),
  ids: { example: '', failed: '', running: '', hostile: '' },
});
