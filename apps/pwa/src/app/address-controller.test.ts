import { afterEach, expect, test } from 'vitest';
import { AddressController } from './address-controller.ts';
import { addressWith, goTo } from './address.ts';

const began = location.href;
afterEach(() => goTo(began, { replace: true }));

test('a page is rendered for its own address, and not for the one of the page that takes its place', () => {
  let rendered = 0;
  const address = new AddressController({
    addController: () => undefined,
    removeController: () => undefined,
    requestUpdate: () => void (rendered += 1),
    updateComplete: Promise.resolve(true),
  });
  goTo('/traces/1', { replace: true });
  address.hostConnected();
  goTo(addressWith({ view: 'log' }));
  expect([rendered, address.get('view')]).toEqual([1, 'log']);
  goTo('/tasks?state=ready');
  expect(rendered).toBe(1);
  // The same page, of another thing: what names the thing renders it, and from then on its address does.
  goTo('/tasks?state=done');
  expect(rendered).toBe(2);
  address.hostDisconnected();
  goTo('/tasks?state=failed');
  expect(rendered).toBe(2);
});
