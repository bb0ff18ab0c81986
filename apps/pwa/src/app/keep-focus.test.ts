import { html, render } from 'lit';
import { afterEach, expect, test, vi } from 'vitest';
import { keepFocus } from './keep-focus.ts';

let stop: () => void;
afterEach(() => {
  stop();
  document.body.replaceChildren();
});

/** A page with a heading and two buttons, whose focus is kept. */
const show = () => {
  const page = html`<h1 tabindex="-1">Page</h1>
    <div><button>Do</button><button>Other</button></div>`;
  render(page, document.body.appendChild(document.createElement('main')));
  stop = keepFocus(document);
  const [button, other] = document.querySelectorAll('button');
  return { button: button!, other: other! };
};
const held = () => document.activeElement?.textContent;

test('a button that is disabled for a moment while it works has the focus again', async () => {
  const { button } = show();
  button.addEventListener('click', () => {
    button.disabled = true;
    requestAnimationFrame(() => setTimeout(() => (button.disabled = false)));
  });
  button.focus();
  button.click();
  await vi.waitFor(() => expect(document.activeElement).toBe(document.body));
  await vi.waitFor(() => expect(held()).toBe('Do'));
});

test('what stays disabled gives the focus to what stands beside it, and what is gone to the heading', async () => {
  const { button } = show();
  button.focus();
  button.click();
  button.disabled = true;
  await vi.waitFor(() => expect(held()).toBe('Other'));
  document.querySelector('div')?.remove();
  await vi.waitFor(() => expect(held()).toBe('Page'));
});

test('a button that was put elsewhere has the focus again', async () => {
  const { button } = show();
  button.focus();
  document.dispatchEvent(new KeyboardEvent('keydown')); // where the focus is, is known
  button.parentElement?.append(button);
  expect(document.activeElement).toBe(document.body);
  await vi.waitFor(() => expect(held()).toBe('Do'));
});

test('what is gone from an open dialog gives the focus to what is left in it', async () => {
  const { button } = show();
  const dialog = document.createElement('dialog');
  render(html`<button>First</button><button>Last</button>`, dialog);
  document.querySelector('main')?.append(dialog);
  button.focus();
  document.dispatchEvent(new KeyboardEvent('keydown'));
  dialog.showModal();
  const [first, last] = dialog.querySelectorAll('button');
  last?.focus();
  document.dispatchEvent(new KeyboardEvent('keydown'));
  last?.remove();
  await vi.waitFor(() => expect(held()).toBe('First'));
  dialog.close();
  first?.remove();
  await vi.waitFor(() => expect(held()).toBe('Do'));
});

test('what does not take the focus is passed over', async () => {
  const { button, other } = show();
  button.focus();
  document.dispatchEvent(new KeyboardEvent('keydown'));
  const inert = document.createElement('span');
  inert.inert = true;
  inert.append(document.createElement('button'));
  button.before(inert);
  button.remove();
  await vi.waitFor(() => expect(document.activeElement).toBe(other));
});

test.each([
  ['presses beside everything', new PointerEvent('pointerdown', { bubbles: true })],
  ['goes out of the page by Tab', new KeyboardEvent('keydown', { key: 'Tab', bubbles: true })],
])('whoever %s has left the button of their own will', async (_, left) => {
  const { button } = show();
  button.focus();
  button.click();
  await new Promise((looked) => setTimeout(looked, 400));
  document.body.dispatchEvent(left);
  button.blur();
  await new Promise((looked) => setTimeout(looked, 700));
  expect(document.activeElement).toBe(document.body);
});

test('nothing gets the focus between a press and its end, which would meet something else', async () => {
  const { button, other } = show();
  other.focus();
  document.dispatchEvent(new KeyboardEvent('keydown')); // where the focus is, is known
  other.disabled = true;
  await vi.waitFor(() => expect(document.activeElement).toBe(document.body), { interval: 1 });
  const focused = vi.fn();
  addEventListener('focusin', focused);
  button.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
  await new Promise((looked) => setTimeout(looked, 700));
  expect(focused).not.toHaveBeenCalled();
  button.dispatchEvent(new PointerEvent('pointerup', { bubbles: true }));
  await vi.waitFor(() => expect(focused).toHaveBeenCalled());
  removeEventListener('focusin', focused);
});
