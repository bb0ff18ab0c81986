import type { ReactiveControllerHost } from 'lit';
import { expect, test } from 'vitest';
import type { HiveEvent } from '@hive/events';
import { PendingCommands, type Command } from './pending-commands.ts';

const happened = (position: number, type: string) => ({ position, type }) as HiveEvent;

const make = () => {
  let events = [happened(1, 'workflow.submitted'), happened(2, 'workflow.paused')];
  const host = { addController: () => undefined, requestUpdate: () => undefined } as unknown as ReactiveControllerHost;
  const pending = new PendingCommands(host, () => events);
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const command: Command = {
    key: 'pause',
    doing: 'Pausing',
    effect: ({ type }) => type === 'workflow.paused',
    run: () => promise,
  };
  const add = (event: HiveEvent) => {
    events = [...events, event];
    pending.hostUpdate();
  };
  return { pending, command, resolve, reject, add };
};

test('a command is pending until an event that it caused arrives, and an older one does not count', async () => {
  const { pending, command, resolve, add } = make();
  const pressed = pending.press(command);
  pending.hostUpdate();
  expect(pending.of('pause')).toMatchObject({ state: 'sent' });
  expect(await pending.press(command)).toBe(false); // pressed twice, sent once
  resolve(undefined);
  expect(await pressed).toBe(true);
  expect(pending.of('pause')).toMatchObject({ state: 'recorded' });
  add(happened(3, 'task.ready'));
  expect(pending.isBusy('pause')).toBe(true);
  add(happened(4, 'workflow.paused'));
  expect(pending.of('pause')).toBeUndefined();
});

test('an event that is faster than the answer ends it as well', async () => {
  const { pending, command, resolve, add } = make();
  const pressed = pending.press(command);
  add(happened(3, 'workflow.paused'));
  resolve(undefined);
  await pressed;
  expect(pending.of('pause')).toBeUndefined();
});

test('what was refused stays until it is dismissed', async () => {
  const { pending, command, reject, add } = make();
  const pressed = pending.press(command);
  reject(new Error('It is over already'));
  expect(await pressed).toBe(false);
  add(happened(3, 'workflow.paused'));
  expect(pending.of('pause')).toMatchObject({ state: 'refused' });
  pending.dismiss('pause');
  expect(pending.all).toEqual([]);
});
