import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldStream, parseStream, stateOf } from '@hive/events';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openStore, type EventRow, type Head, type OpenOptions, type Store, type Write } from '../index.ts';
import { onServer } from '../testing/postgres-databases.ts';
import { sampleEvent, sampleStep, testPostgres } from '../testing/index.ts';

type Place = {
  readonly options: OpenOptions;
  readonly remove: () => Promise<void>;
  readonly raw: (sql: string) => Promise<unknown>;
};

const places: Record<string, () => Promise<Place>> = {
  SQLite: async () => {
    const home = await mkdtemp(join(tmpdir(), 'hive-verify-'));
    const raw = async (sql: string) => {
      const db = new Database(join(home, 'hive.db'));
      db.exec(sql);
      db.close();
    };
    return { options: { home }, remove: () => rm(home, { recursive: true, force: true }), raw };
  },
  PostgreSQL: async () => {
    const { url, drop } = await testPostgres();
    return { options: { url, home: '' }, remove: drop, raw: (sql) => onServer(url, sql) };
  },
};

describe.each(Object.entries(places))('verify on %s', (_name, makePlace) => {
  let place: Place;
  let store: Store;
  const heads = new Map<string, Head>();
  const last = new Map<string, string>();
  const [workflow, task] = [randomUUID(), randomUUID()];

  beforeEach(async () => {
    heads.clear();
    last.clear();
    place = await makePlace();
    store = await openStore(place.options);
    await tell('workflow', workflow, 'workflow.submitted', { workflowId: workflow });
    await tell('workflow', workflow, 'workflow.plan_generated', { tasks: [{ id: task, key: 'a', needs: [] }] });
    await tell('task', task, 'task.created', { taskId: task, workflowId: workflow, spec: { author: 'tool' } });
    await tell('workflow', workflow, 'workflow.started', { tasks: 1 });
    await tell('task', task, 'task.ready', { taskId: task });
    await tell('task', task, 'task.claimed', claim(1));
  });
  afterEach(async () => {
    await store.close();
    await place.remove();
  });

  const claim = (token: number, more: object = {}) => ({
    taskId: task,
    step: 'work',
    attempt: 1,
    token,
    agent: 'w',
    ...more,
  });

  /** Records an event with the head that follows from it; its cause is the last event of the trace unless given. */
  const tell = async (
    kind: string,
    id: string,
    type: string,
    data: object,
    given: Partial<EventRow> & Pick<Write, 'cursor'> = {},
  ) => {
    const { cursor, ...rest } = given;
    const stream = `${kind}/${id}`;
    const before = heads.get(stream);
    const correlationId = rest.correlationId ?? workflow;
    const event = sampleEvent(stream, (before?.version ?? 0) + 1, {
      type: type as never,
      data: data as never,
      correlationId,
      causationId: last.get(correlationId) ?? null,
      ...rest,
    });
    let view: unknown = before?.view ?? null;
    try {
      view = foldStream(view, event);
    } catch {
      // A planted event that does not fit leaves the view as it was.
    }
    const head: Head = {
      stream,
      ...parseStream(stream),
      correlationId,
      version: event.version,
      state: stateOf(stream, view),
      lastEventId: event.id,
      token: 0,
      view,
    };
    heads.set(stream, head);
    last.set(correlationId, event.id);
    const result = await store.write({
      events: [event],
      heads: [{ head, expectedVersion: before?.version ?? 0 }],
      ...(cursor && { cursor }),
    });
    if (result.status !== 'written') throw new Error(result.status);
    // What the claim of a store does.
    if (type === 'task.claimed')
      await place.raw(`update stream_head set token = ${(data as { token: number }).token} where stream = '${stream}'`);
    return event;
  };

  /** The change goes in, each event told as it is unless `told` says otherwise: other data, or (null) not at all. */
  const goIn = async (told: Readonly<Record<string, object | null>> = {}) => {
    const evidence = { head: 'h' };
    const of = { taskId: task, branch: 'b', evidence };
    const story: readonly (readonly [kind: string, id: string, type: string, data: object])[] = [
      ['task', task, 'task.submitted', claim(1)],
      ['task', task, 'task.claimed', claim(2, { step: 'check' })],
      ['task', task, 'task.checked', { ...claim(2, { step: 'check' }), evidence, verdict: { findings: [] } }],
      ['task', task, 'task.claimed', claim(3, { step: 'review' })],
      ['task', task, 'task.review_completed', { ...claim(3, { step: 'review' }), findings: [], reviewer: {} }],
      ['task', task, 'task.claimed', claim(4, { step: 'merge' })],
      ['merge', 'r:b', 'merge.intended', of],
      ['merge', 'r:b', 'merge.completed', { ...of, commit: 'c', into: null }],
      ['task', task, 'task.merged', { ...claim(4, { step: 'merge' }), commit: 'c', evidence }],
    ];
    for (const [kind, id, type, data] of story)
      if (told[type] !== null) await tell(kind, id, type, { ...data, ...told[type] });
  };

  const announced = (stepId: string, more: object = {}) => ({
    taskId: task,
    step: 'work',
    attempt: 1,
    stepId,
    ...more,
  });

  const broken = async () => {
    const reports = await store.verify();
    return Object.fromEntries(reports.filter((it) => it.status === 'broken').map((it) => [it.number, it.offenders]));
  };

  test('a sound log holds, and what cannot be checked says so', async () => {
    const reports = await store.verify();
    expect(reports.map((it) => it.number)).toEqual(Array.from({ length: 17 }, (_, i) => i + 1));
    expect(await broken()).toEqual({});
    expect(reports.filter((it) => it.status === 'not checkable here').map((it) => it.number)).toEqual([
      2, 11, 15, 16, 17,
    ]);
  });

  const planted: readonly (readonly [number, RegExp, () => Promise<unknown>])[] = [
    [
      1,
      /never created/,
      async () => {
        const other = randomUUID();
        const own = { correlationId: other };
        await tell('workflow', other, 'workflow.submitted', { workflowId: other }, own);
        await tell('workflow', other, 'workflow.plan_generated', { tasks: [{ id: other, key: 'a', needs: [] }] }, own);
        await tell('workflow', other, 'workflow.started', {}, own);
      },
    ],
    [1, /not in the list/, () => place.raw(`delete from stream_head where stream = 'task/${task}'`)],
    [
      3,
      /task.submitted was recorded 2 times for token 1/,
      async () => {
        await tell('task', task, 'task.submitted', claim(1));
        await tell('task', task, 'task.submitted', claim(1));
      },
    ],
    [
      3,
      /merged 2 times/,
      async () => {
        for (const branch of ['a', 'b'])
          await tell('merge', branch, 'merge.completed', { taskId: task, branch, commit: 'c', into: null });
      },
    ],
    [
      3,
      /no outcome/,
      () => tell('merge', 'r:b', 'merge.intended', { taskId: task, branch: 'b' }, { at: '2020-01-01T00:00:00.000Z' }),
    ],
    [
      3,
      /the intent for task .* has had no outcome/,
      async () => {
        const at = { at: '2020-01-01T00:00:00.000Z' };
        await tell('merge', 'r:c', 'merge.intended', { taskId: task, branch: 'c' }, at);
        await tell('merge', 'r:c', 'merge.completed', { taskId: randomUUID(), branch: 'c', commit: 'c', into: null });
      },
    ],
    [3, /task.checked .* has no evidence/, () => goIn({ 'task.checked': { evidence: undefined } })],
    [3, /task.merged .* has no evidence/, () => goIn({ 'task.merged': { evidence: {} } })],
    [3, /without a merge.completed/, () => goIn({ 'merge.intended': null, 'merge.completed': null })],
    [3, /without a merge.intended/, () => goIn({ 'merge.intended': null })],
    [
      4,
      /token 1 of check after 1/,
      async () => {
        await tell('task', task, 'task.submitted', claim(1));
        await tell('task', task, 'task.claimed', claim(1, { step: 'check' }));
      },
    ],
    [
      4,
      /token 1 of work after 1/,
      async () => {
        await tell('task', task, 'task.lease_expired', claim(1));
        await tell('task', task, 'task.claimed', claim(1));
      },
    ],
    [4, /claimed while another claim held it/, () => tell('task', task, 'task.claimed', claim(2))],
    [5, /task.merged does not fit, it was working/, () => tell('task', task, 'task.merged', { taskId: task })],
    [
      5,
      /task.claimed does not fit, it was working/,
      () => tell('task', task, 'task.claimed', { ...claim(2), step: 'merge' }),
    ],
    [5, /task.ready does not fit, it was not there yet/, () => tell('task', randomUUID(), 'task.ready', {})],
    [5, /box.online does not fit/, () => tell('task', task, 'box.online', {})],
    [
      5,
      /workflow.plan_failed does not fit, it was running/,
      () => tell('workflow', workflow, 'workflow.plan_failed', {}),
    ],
    [
      5,
      /workflow.started does not fit, it was paused/,
      async () => {
        await tell('workflow', workflow, 'workflow.paused', {});
        await tell('workflow', workflow, 'workflow.started', {});
      },
    ],
    [
      5,
      /task.claimed does not fit, it was not there yet/,
      () => tell('workflow', randomUUID(), 'task.claimed', { ...claim(1), step: 'plan', taskId: null }),
    ],
    [6, /3 failures/, () => store.write({ events: [], heads: [], insertSteps: [sampleStep({ failures: 3 })] })],
    [
      6,
      /6 rescues/,
      () => store.write({ events: [], heads: [], insertSteps: [sampleStep({ rescues: 6, state: 'done' })] }),
    ],
    [
      6,
      /claimed before/,
      async () => {
        await tell('task', task, 'task.attempt_failed', claim(1, { retryAt: '2030-01-01T00:00:00.000Z' }));
        await tell('task', task, 'task.claimed', claim(2));
      },
    ],
    [
      6,
      /claimed after its last attempt/,
      async () => {
        await tell('task', task, 'task.attempt_failed', claim(1, { retryAt: null, final: true }));
        await tell('task', task, 'task.claimed', claim(2));
      },
    ],
    [
      7,
      /beyond the end/,
      async () => {
        const from = await store.subscription('eager', 'end');
        await store.write({
          events: [],
          heads: [],
          cursor: { name: 'eager', from, to: { ...from, position: from.position + 1000 } },
        });
      },
    ],
    [
      8,
      /follows version/,
      () =>
        place.raw(`insert into event (id, type, stream, version, correlation_id, actor, at, data)
      values ('x', 'box.online', 'box/x', 2, 'x', 'x', '2026-11-21T12:00:00.000Z', '{}')`),
    ],
    [
      8,
      /comes before version 1 in the log/,
      async () => {
        await withoutTriggers();
        const last = 'select xid from event order by position desc limit 1';
        await place.raw(
          `update event set position = position + 1000, xid = (${last}) where stream = 'task/${task}' and version = 1`,
        );
      },
    ],
    [9, /2 roots/, () => tell('task', task, 'task.cancelled', { taskId: task }, { causationId: null })],
    [9, /does not exist/, () => tell('task', task, 'task.cancelled', { taskId: task }, { causationId: randomUUID() })],
    [
      9,
      /comes later/,
      async () => {
        const id = randomUUID();
        await tell('task', task, 'task.cancelled', { taskId: task }, { id, causationId: id });
      },
    ],
    [
      9,
      /another trace/,
      async () => {
        const { id } = await tell('workflow', 'w', 'workflow.submitted', {}, { correlationId: 'w' });
        await tell('task', task, 'task.cancelled', { taskId: task }, { causationId: id });
      },
    ],
    [10, /not the fold/, () => place.raw(`update stream_head set view = '{}' where stream = 'task/${task}'`)],
    [10, /wrong state/, () => place.raw(`update stream_head set state = 'merged' where stream = 'task/${task}'`)],
    [
      10,
      /no events/,
      () =>
        place.raw(`insert into stream_head (stream, kind, id, correlation_id, version, state, last_event_id, view)
      values ('box/x', 'box', 'x', 'x', 1, '', 'x', '{}')`),
    ],
    [10, /has the token 77/, () => place.raw(`update stream_head set token = 77 where stream = 'task/${task}'`)],
    [10, /of the trace zzz/, () => place.raw(`update stream_head set correlation_id = 'zzz' where id = '${task}'`)],
    [
      10,
      /its step gone \(work\) is open, and has no row/,
      () => tell('task', task, 'task.assigned', announced('gone')),
    ],
    [
      10,
      /its step over \(work\) is open, and its row says done/,
      async () => {
        await store.write({ events: [], heads: [], insertSteps: [sampleStep({ id: 'over', state: 'done' })] });
        await tell('task', task, 'task.lease_expired', claim(1));
        await tell('task', task, 'task.assigned', announced('over'));
        await tell('task', task, 'task.claimed', claim(2));
        await tell('task', task, 'task.attempt_failed', claim(2, { final: false }));
      },
    ],
    [
      10,
      /workflow.*its step plan \(plan\) is open, and has no row/,
      async () => {
        const other = randomUUID();
        const own = { correlationId: other };
        await tell('workflow', other, 'workflow.submitted', { workflowId: other }, own);
        await tell('workflow', other, 'task.assigned', announced('plan', { taskId: null, step: 'plan' }), own);
        await tell('workflow', other, 'workflow.paused', {}, own);
        await tell('workflow', other, 'workflow.resumed', {}, own);
      },
    ],
    [10, /sum of its events/, () => place.raw('update trace set events = events + 1')],
    [
      12,
      /recorded 2 times/,
      async () => {
        for (const call of ['a', 'b']) await tell('call', call, 'model.called', { callId: 'same' });
      },
    ],
    [
      12,
      /call\/c was begun at 2020-01-01T00:00:00.000Z and has not ended/,
      () => tell('call', 'c', 'model.intended', { callId: 'c', by: 'x' }, { at: '2020-01-01T00:00:00.000Z' }),
    ],
    [
      12,
      /a call was begun at .*:30.000Z, after its budget was used up/,
      async () => {
        const of = (second: string) => ({ correlationId: 'b', at: `2026-11-21T12:00:${second}.000Z` });
        await tell('workflow', 'b', 'workflow.submitted', { workflowId: 'b', budget: { tokens: 10 } }, of('00'));
        const took = { callId: 'b1', source: 'live', input: null, output: null, estimate: { tokens: 10, usd: 0 } };
        await tell('call', 'b1', 'model.called', took, of('10'));
        await tell('call', 'b2', 'model.intended', { callId: 'b2', by: 'x' }, of('30'));
      },
    ],
    [10, /has events and no head/, () => place.raw(`delete from stream_head where stream = 'task/${task}'`)],
    [
      10,
      /head is at version 1, its last event at 3/,
      () => place.raw(`update stream_head set version = 1 where stream = 'task/${task}'`),
    ],
    [
      13,
      /is ready since 2026-11-21T12:00:00.000Z, and the later .* was taken/,
      async () => {
        const lastEventId = last.get(workflow) ?? '';
        const insertSteps = [
          sampleStep({ lastEventId, workflowId: workflow }),
          sampleStep({ lastEventId, workflowId: workflow, taskId: task, state: 'claimed', rank: 1 }),
        ];
        await store.write({ events: [], heads: [], insertSteps });
        await tell('task', task, 'task.lease_expired', claim(1));
        await tell('task', task, 'task.claimed', claim(2), { at: '2026-11-21T12:11:00.000Z' });
      },
    ],
    [
      14,
      /was used 2 times/,
      async () => {
        for (const by of ['a', 'b']) await tell('approval', 'twice', 'approval.consumed', { by });
      },
    ],
    [14, /no approval/, () => tell('merge', 'r:b', 'merge.rejected', { branch: 'b', actionHash: 'h' })],
    [
      14,
      /\(merge.intended\) has no approval, and task\/.* waited for one/,
      async () => {
        await tell('task', task, 'task.submitted', claim(1));
        await tell('task', task, 'task.escalated', { taskId: task, reason: 'look' });
        await tell('merge', 'r:b', 'merge.intended', { taskId: task, branch: 'b' });
      },
    ],
    [
      14,
      /\(workflow.started\) has no approval/,
      () => tell('approval', 'p', 'approval.requested', { approvalId: 'p', workflowId: workflow, kind: 'plan' }),
    ],
    [
      14,
      /\(merge.intended\) did not use up its approval/,
      () => tell('merge', 'r:b', 'merge.intended', { taskId: task, branch: 'b', approvalId: 'a' }),
    ],
    [15, /event_never_changes is gone/, () => withoutTriggers()],
  ];

  const withoutTriggers = () =>
    place.raw(
      store.dialect === 'sqlite'
        ? 'drop trigger event_never_changes; drop trigger event_never_leaves'
        : 'drop trigger event_never_changes on event',
    );

  test.each(planted)('invariant %i is found broken: %s', async (number, says, plant) => {
    await plant();
    const found = await broken();
    expect(found[number]?.join('\n') ?? '').toMatch(says);
  });

  test('a change that went in with all that belongs to it holds, also under the claim of another task', async () => {
    await goIn({ 'task.merged': { lead: { taskId: randomUUID(), token: 9 } } });
    expect(await broken()).toEqual({});
  });

  test.each([
    ['ended', 'task.submitted', { final: true }],
    ['failed for good', 'task.attempt_failed', { final: true }],
    ['was given up', 'task.lease_expired', { final: true }],
  ])('a step that %s needs no open row, whoever is next', async (_, type, more) => {
    await store.write({ events: [], heads: [], insertSteps: [sampleStep({ id: 'over', state: 'done' })] });
    await tell('task', task, 'task.assigned', announced('over'));
    await tell('task', task, type, claim(1, more));
    expect(await broken()).toEqual({});
  });

  test('a step that is put off, or whose workflow is paused, is in the queue all the same', async () => {
    await store.write({ events: [], heads: [], insertSteps: [sampleStep({ id: 'later', state: 'scheduled' })] });
    await tell('task', task, 'task.assigned', announced('later'));
    await tell('task', task, 'task.snoozed', claim(1));
    expect(await broken()).toEqual({});
  });

  test('a trigger that is switched off, or refuses nothing any more, protects nothing', async () => {
    if (store.dialect === 'sqlite') {
      await place.raw('drop trigger event_never_leaves');
      await place.raw('create trigger event_never_leaves before delete on event begin select 1; end');
      expect((await broken())[15]).toEqual([expect.stringContaining('event_never_leaves is gone, switched off')]);
      return;
    }
    await place.raw('alter table event disable trigger event_never_changes');
    expect((await broken())[15]).toEqual([expect.stringContaining('event_never_changes is gone, switched off')]);
    await place.raw(
      'create or replace function refuse_change() returns trigger language plpgsql as $$ begin return old; end $$',
    );
    expect((await broken())[15]).toHaveLength(2);
  });

  test('the remedy for a trigger that is gone brings it back', async () => {
    await withoutTriggers();
    const told = (await broken())[15] ?? [];
    expect(told).not.toEqual([]);
    for (const offender of told) await place.raw(offender.replace(/^.*make it again: /, ''));
    expect(await broken()).toEqual({});
  });

  test('offenders are named with their trace', async () => {
    await tell('task', task, 'task.merged', { taskId: task });
    expect((await broken())[5]).toEqual([
      `task/${task} version 4: task.merged does not fit, it was working (trace ${workflow})`,
    ]);
  });

  test('a workflow that is planned and started while it is paused goes on where it returns to', async () => {
    const id = randomUUID();
    const own = { correlationId: id };
    for (const type of [
      'submitted',
      'paused',
      'plan_generated',
      'started',
      'resumed',
      'failed',
      'resumed',
      'completed',
    ])
      await tell('workflow', id, `workflow.${type}`, { workflowId: id, tasks: [] }, own);
    expect((await broken())[5]).toBeUndefined();
  });

  test('an event of a transaction that the server has not begun is found, as after a wrong restore', async () => {
    if (store.dialect === 'sqlite') return; // it has no transaction ids
    await withoutTriggers();
    await place.raw(`update event set xid = '9999999' where stream = 'task/${task}' and version = 3`);
    expect((await broken())[7]?.join()).toMatch(/has not begun yet/);
  });

  test('a payload that is no JSON is a finding of all that cannot be checked then, and not the end of it', async () => {
    if (store.dialect === 'postgres') return; // its type refuses such a text
    await withoutTriggers();
    await place.raw(`update event set data = '{' where stream = 'task/${task}' and version = 3`);
    const found = await broken();
    expect(found[5]?.join()).toMatch(/its payload is no JSON/);
    expect(found[10]?.join()).toMatch(/version 3 cannot be read/);
    expect(found[8]).toBeUndefined();
  });

  test('an approval by someone else lets a gated effect pass, one by the proposer does not', async () => {
    const gate = async (id: string, actor: string) => {
      await tell('approval', id, 'approval.requested', { approvalId: id, actionHash: id, proposer: 'queen' });
      const expiresAt = '2030-01-01T00:00:00.000Z';
      await tell('approval', id, 'approval.decided', { actionHash: id, decision: 'approve', expiresAt }, { actor });
      return tell('merge', `r:${id}`, 'merge.rejected', { branch: id, actionHash: id });
    };
    await gate('good', 'human/anna');
    expect(await broken()).toEqual({});
    const bad = await gate('bad', 'queen');
    expect((await broken())[14]?.join() ?? '').toContain(bad.id);
  });

  test('a change that was escalated, sent back and made anew needs no approval', async () => {
    await tell('task', task, 'task.submitted', claim(1));
    await tell('task', task, 'task.escalated', { taskId: task, reason: 'look' });
    await tell('task', task, 'task.returned', { taskId: task, findings: [] });
    await tell('task', task, 'task.claimed', claim(2));
    await tell('task', task, 'task.submitted', claim(2));
    await tell('merge', 'r:b', 'merge.intended', { taskId: task, branch: 'b' });
    expect((await broken())[14]).toBeUndefined();
  });

  test('events cannot be changed or removed, not even by hand', async () => {
    await expect(place.raw(`update event set data = '{}'`)).rejects.toThrow(/append-only/);
    await expect(place.raw('delete from event')).rejects.toThrow(/append-only/);
  });
});
