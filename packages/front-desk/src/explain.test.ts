import type { StepRow } from '@hive/core-db';
import type { HiveEvent, PlannedTask, TaskView, WorkflowView } from '@hive/events';
import { describe, expect, test } from 'vitest';
import { explain, type Surroundings } from './explain.ts';

const now = '2026-01-01T12:00:00.000Z';
const spec = { key: 'docs', title: 'Docs', needs: [], capabilities: [] } as unknown as PlannedTask;
const taskIn = (state: TaskView['state'], more: Partial<TaskView> = {}) =>
  ({ id: 't'.repeat(36), state, spec, reason: null, ...more }) as TaskView;
const stepIn = (state: StepRow['state'], more: Partial<StepRow> = {}) =>
  ({ kind: 'check', state, runAt: null, capabilities: [], onlyAgent: null, ...more }) as StepRow;
const worker = (agent: string, status: 'idle' | 'busy' = 'idle', capabilities: readonly string[] = []) => ({
  agent,
  host: 'here',
  role: 'worker',
  capabilities,
  status,
});
const note = { by: 'ada', at: now, reason: null };
const around = (more: Partial<Surroundings> = {}): Surroundings => ({
  workflow: { id: 'w'.repeat(36) } as WorkflowView,
  needs: [],
  steps: [],
  last: null,
  pauses: {},
  asked: null,
  agents: [worker('worker-1')],
  pausedAgents: [],
  now,
  ...more,
});
const why = (task: TaskView, more: Partial<Surroundings>) => explain(task, around(more));

describe('why nothing is done about a task', () => {
  test('its needs are not merged', () => {
    const needs = [taskIn('working', { spec: { ...spec, key: 'fix' } }), taskIn('merged')];
    expect(why(taskIn('pending'), { needs })).toEqual({ because: 'needs', text: 'It waits for fix (working)' });
  });
  test('everything is paused, before its workflow, before its kind', () => {
    const steps = [stepIn('paused')];
    const workflow = { id: 'w'.repeat(36), paused: { ...note, reason: 'lunch' } } as WorkflowView;
    const pauses = { all: note, check: note };
    expect(why(taskIn('submitted'), { steps, workflow, pauses })?.text).toContain('hive resume --all goes on');
    expect(why(taskIn('submitted'), { steps, workflow, pauses: { check: note } })?.text).toBe(
      `Its workflow was paused by ada at ${now} (lunch); hive resume wwwwwwww goes on`,
    );
    expect(why(taskIn('submitted'), { steps, pauses: { check: note } })?.text).toContain('--all --kind check');
    expect(why(taskIn('submitted'), { steps: [stepIn('ready')], pauses: { work: note } })?.because).toBe('queued');
  });
  test('a person has to allow what it would send', () => {
    const asked = { id: 'a'.repeat(36), action: 'Send text of /repo to claude:sonnet' };
    const steps = [stepIn('scheduled', { runAt: '2026-01-02T12:00:00.000Z' })];
    expect(why(taskIn('ready'), { steps, asked })).toEqual({
      because: 'person',
      text: 'It waits for a person who allows it: Send text of /repo to claude:sonnet; hive approve or hive deny aaaaaaaa decides',
    });
  });
  test('an attempt failed, and the next one has its time', () => {
    const runAt = '2026-01-01T12:01:00.000Z';
    const last = {
      type: 'task.attempt_failed',
      data: { attempt: 2, code: 'check.timeout', reason: 'slow' },
    } as HiveEvent;
    const steps = [stepIn('scheduled', { runAt })];
    expect(why(taskIn('submitted'), { steps, last })).toEqual({
      because: 'later',
      text: `Attempt 2 of its check failed (check.timeout: slow); the next one begins at ${runAt}`,
    });
    expect(why(taskIn('submitted'), { steps, last, now: runAt })?.because).toBe('queued');
  });
  test('nobody is there, or nobody who can', () => {
    const steps = [stepIn('ready', { capabilities: ['gpu', 'js'] })];
    expect(why(taskIn('ready'), { steps, agents: [] })).toEqual({
      because: 'nobody',
      text: 'No worker is there to take its check; hive up starts one',
    });
    const note = { by: 'ada', at: '2026-01-01T00:00:00.000Z', reason: null };
    const out = { agents: [], pausedAgents: [{ agent: 'worker-1', role: 'worker', note }] };
    expect(why(taskIn('ready'), { steps, ...out })).toEqual({
      because: 'paused',
      text: `worker-1, which could take its check, was paused by ada at ${note.at}; hive resume --agent worker-1 goes on`,
    });
    expect(why(taskIn('ready'), { steps, ...out, agents: [worker('a', 'idle', ['gpu', 'js'])] })?.because).toBe(
      'queued',
    );
    expect(why(taskIn('ready'), { steps, agents: [worker('a', 'idle', ['js'])] })?.text).toBe(
      'No worker that is there offers gpu, which it asks for',
    );
    const apart = [worker('a', 'idle', ['js']), worker('b', 'idle', ['gpu'])];
    expect(why(taskIn('ready'), { steps, agents: apart })?.text).toContain('offers gpu together with js');
    expect(why(taskIn('ready'), { steps: [stepIn('ready', { onlyAgent: 'z' })] })?.text).toContain('meant for z');
  });
  test('only its author is there to judge it', () => {
    const steps = [stepIn('ready', { kind: 'review', capabilities: ['!a'] })];
    const agents = [{ ...worker('a'), role: 'reviewer' }];
    expect(why(taskIn('checked'), { steps, agents })?.text).toBe(
      'Only its author is there to take its review, and nobody judges their own change',
    );
    const others = [...agents, { ...worker('b'), role: 'reviewer' }];
    expect(why(taskIn('checked'), { steps, agents: others })?.because).toBe('queued');
  });
  test('nobody is there on another machine', () => {
    const steps = [stepIn('ready', { kind: 'merge', capabilities: ['!host:here'] })];
    const agents = [{ ...worker('a'), role: 'reviewer' }];
    expect(why(taskIn('reviewed'), { steps, agents })?.text).toContain('has to be taken on another machine');
    const others = [...agents, { ...worker('b'), host: 'there', role: 'reviewer' }];
    expect(why(taskIn('reviewed'), { steps, agents: others })?.because).toBe('queued');
  });
  test('all who could are busy', () => {
    const agents = [worker('a', 'busy'), worker('b', 'busy')];
    expect(why(taskIn('ready'), { steps: [stepIn('ready')], agents })?.text).toBe(
      'Its check is in the queue; all 2 that can take it are busy',
    );
  });
  test('a person has to look, or the orchestrator has to decide', () => {
    expect(why(taskIn('waiting', { reason: 'unsure' }), {})).toMatchObject({ because: 'person' });
    expect(why(taskIn('checked'), {})).toMatchObject({ because: 'orchestrator' });
  });
  test('nothing, while somebody works on it and once it is settled', () => {
    expect(why(taskIn('working'), { steps: [stepIn('claimed')] })).toBeNull();
    expect(why(taskIn('merged'), {})).toBeNull();
  });
});
