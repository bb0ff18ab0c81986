import { newId } from '@hive/bus';
import { streams, type NewEvent } from '@hive/events';
import { expect, test } from 'vitest';
import { openHouse } from './testing/house.ts';

test('an alert that a person has seen stays listed as seen, and counts anew when it is raised again', async () => {
  const { desk, bus, store } = await openHouse();
  const tell = (event: NewEvent) => bus.command({ on: null, correlationId: newId(), events: [event] });
  const raise = (alert: string) =>
    tell({ type: 'system.alert_raised', stream: streams.system, data: { alert, message: `${alert} is slow` } });
  const listed = async () => (await desk.health()).alerts;
  await raise('ash');
  await raise('elm');
  const acknowledged = { by: 'ada', reason: 'a new disk comes' };
  expect(await desk.acknowledge({ alert: 'ash', ...acknowledged })).toMatchObject({ alert: 'ash', acknowledged });
  expect(await listed()).toEqual([
    { alert: 'ash', message: 'ash is slow', acknowledged: { ...acknowledged, at: expect.any(String) as string } },
    { alert: 'elm', message: 'elm is slow' },
  ]);
  await expect(desk.acknowledge({ alert: 'ash' })).rejects.toMatchObject({
    code: 'input.state',
    message: expect.stringContaining('by ada at') as string,
  });
  await expect(desk.acknowledge({ alert: 'oak' })).rejects.toMatchObject({ code: 'input.state' });
  await tell({ type: 'system.alert_resolved', stream: streams.system, data: { alert: 'ash' } });
  expect(await listed()).toEqual([{ alert: 'elm', message: 'elm is slow' }]);
  await raise('ash');
  expect(await listed()).toEqual([
    { alert: 'elm', message: 'elm is slow' },
    { alert: 'ash', message: 'ash is slow' },
  ]);
  expect((await store.verify()).filter((it) => it.status === 'broken')).toEqual([]);
});
