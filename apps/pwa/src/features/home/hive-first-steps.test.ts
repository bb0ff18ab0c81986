import { html, render } from 'lit';
import { expect, onTestFinished, test } from 'vitest';
import type { Permission } from '@hive/events';
import './hive-first-steps.ts';

const show = async (may: readonly Permission[], runExample: (options?: { key?: string }) => Promise<never>) => {
  const place = document.createElement('div');
  document.body.append(place);
  onTestFinished(() => place.remove());
  const session = () => new Promise((know) => setTimeout(() => know({ may }), 100));
  const desk = { session, runExample };
  render(html`<hive-first-steps .desk=${desk}></hive-first-steps>`, place);
  const steps = place.querySelector('hive-first-steps');
  const root = () => steps?.shadowRoot;
  return {
    button: () => root()?.querySelector('button'),
    text: () => root()?.textContent ?? '',
    height: () => place.offsetHeight,
  };
};

test('the example is started once under one key, and what went wrong is said', async () => {
  const keys: (string | undefined)[] = [];
  const { button, text } = await show(['read', 'work'], (options) => {
    keys.push(options?.key);
    return Promise.reject(new Error('no room on the disk'));
  });
  await expect.poll(() => button() && getComputedStyle(button() as Element).visibility).toBe('visible');
  button()?.click();
  await expect.poll(text).toContain('no room on the disk');
  button()?.click();
  await expect.poll(() => keys.length).toBe(2);
  expect(keys[0]).toBe(keys[1]);
});

test('until it is known who may, the verbs have their place and are not seen', async () => {
  const { button, height } = await show(['read', 'work'], () => Promise.reject(new Error()));
  await expect.poll(button).toBeTruthy();
  expect(getComputedStyle(button() as Element).visibility).toBe('hidden');
  const before = height();
  await expect.poll(() => getComputedStyle(button() as Element).visibility).toBe('visible');
  expect(height()).toBe(before);
});

test('who may only look is offered no verb', async () => {
  const { button, text } = await show(['read'], () => Promise.reject(new Error()));
  await expect.poll(text).toContain('Or where Hive runs');
  await expect.poll(button).toBeFalsy();
});
