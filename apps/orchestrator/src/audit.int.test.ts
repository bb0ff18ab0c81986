import { openHouse, type House } from '@hive/agent-kit/testing';
import { newId } from '@hive/bus';
import { auditFiles, readTrail } from '@hive/core-db';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import orchestrator from './agent.ts';
import { tellCheckpoint } from './audit.ts';

let house: House;
beforeEach(async () => {
  house = await openHouse();
});
afterEach(() => house.close());

const checkpoints = async () => (await house.events('system')).filter((event) => event.type === 'system.checkpointed');

test('a running queen seals the log, tells of it in her own trace, and the log is found to be what was sealed', async () => {
  const running = await house.start(orchestrator);
  await house.begin({ repo: '/repo', base: '1'.repeat(40) }, { key: 'a' });
  await vi.waitFor(async () => expect(await checkpoints()).toHaveLength(1), { timeout: 60_000 });
  const [checkpoint] = await checkpoints();
  expect(checkpoint?.correlationId).toBe(running.incarnation);

  const audit = await readTrail({ ...auditFiles(house.config.home), copied: false });
  expect(audit?.places.map((it) => it.hash)).toEqual([(checkpoint?.data as { hash: string }).hash]);
  const reports = await house.store.verify({ audit });
  expect(reports.filter((it) => it.status === 'broken')).toEqual([]);
  expect(reports.find((it) => it.number === 15)?.status).toBe('holds');
});

test('a checkpoint is told once, however often it is asked for', async () => {
  const { bus } = house;
  const incarnation = newId();
  const checkpoint = {
    ...{ position: 1, eventId: newId(), count: 1, hash: 'a'.repeat(64), at: '2026-11-21T12:00:00.000Z' },
    ...{ previous: null, marks: '', key: 'k', signature: 's' },
  };
  for (const signature of ['s', 's', 'another machine'])
    await tellCheckpoint({ bus, incarnation }, { ...checkpoint, signature });
  expect((await checkpoints()).map((it) => (it.data as { signature: string }).signature)).toEqual([
    's',
    'another machine',
  ]);
});
