import type { ReactiveControllerHost } from 'lit';
import { afterEach, expect, test, vi } from 'vitest';
import { arrival, expectPage } from './arrival.ts';
import { LiveLoad } from './live-load.ts';
import type { LiveStream } from './live-stream.ts';

const began = location.href;
afterEach(() => history.replaceState(null, '', began));

const loading = () => {
  const { promise: opened, resolve: open } = Promise.withResolvers<void>();
  const answers: ((value: string) => void)[] = [];
  const host = { addController: vi.fn(), requestUpdate: vi.fn() };
  const load = vi.fn(() => new Promise<string>((resolve) => answers.push(resolve)));
  const one = new LiveLoad(host as unknown as ReactiveControllerHost, {
    live: () => ({ opened, follow: () => () => undefined }) as unknown as LiveStream,
    load,
    concerns: () => true,
  });
  one.hostConnected();
  return { one, open, load, answers, host };
};

const soon = () => new Promise((resolve) => setTimeout(resolve));

test('a page that is about to be left asks for nothing before the next one is there, and then only if it stayed', async () => {
  const [left, kept] = [loading(), loading()];
  history.replaceState(null, '', '/another');
  const { promise: shown, resolve: show } = Promise.withResolvers<void>();
  expectPage(shown);
  left.open();
  kept.open();
  await soon();
  expect([left.load, kept.load].map(({ mock }) => mock.calls.length)).toEqual([0, 0]);
  left.one.hostDisconnected();
  show();
  await arrival();
  await vi.waitFor(() => expect(kept.load).toHaveBeenCalledTimes(1));
  expect(left.load).not.toHaveBeenCalled();
});

test('an answer that comes after its page has gone renders nothing, and a page that comes back asks anew', async () => {
  const { one, open, load, answers, host } = loading();
  open();
  await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(1));
  one.hostDisconnected();
  answers[0]?.('old');
  await soon();
  expect([one.value, host.requestUpdate.mock.calls.length]).toEqual([undefined, 0]);
  one.hostConnected();
  await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(2));
  answers[1]?.('new');
  await vi.waitFor(() => expect(one.value).toBe('new'));
});

test('an answer that comes while another page is on its way is shown when that is there, by a page that stayed', async () => {
  const [left, kept] = [loading(), loading()];
  for (const { open, load } of [left, kept]) {
    open();
    await vi.waitFor(() => expect(load).toHaveBeenCalledTimes(1));
  }
  history.replaceState(null, '', '/another');
  const { promise: shown, resolve: show } = Promise.withResolvers<void>();
  expectPage(shown);
  for (const { answers } of [left, kept]) answers[0]?.('value');
  await soon();
  expect([left, kept].map(({ host }) => host.requestUpdate.mock.calls.length)).toEqual([0, 0]);
  left.one.hostDisconnected();
  show();
  await vi.waitFor(() => expect(kept.one.value).toBe('value'));
  expect(left.host.requestUpdate).not.toHaveBeenCalled();
});
