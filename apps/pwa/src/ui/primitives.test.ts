import { userEvent } from 'vitest/browser';
import { afterEach, expect, test, vi } from 'vitest';
import { askFirst } from './ask-first.ts';
import './hive-menu.ts';
import './hive-number.ts';
import './hive-tabs.ts';

afterEach(() => document.body.replaceChildren());

const deepQuery = (selector: string, from: ParentNode = document): HTMLElement | null => {
  const found = from.querySelector<HTMLElement>(selector);
  if (found) return found;
  for (const element of from.querySelectorAll('*')) {
    const inside = element.shadowRoot && deepQuery(selector, element.shadowRoot);
    if (inside) return inside;
  }
  return null;
};
const button = (text: string, from: ParentNode = document): HTMLButtonElement | null => {
  for (const element of from.querySelectorAll('*')) {
    if (element instanceof HTMLButtonElement && element.textContent.trim() === text) return element;
    const inside = element.shadowRoot && button(text, element.shadowRoot);
    if (inside) return inside;
  }
  return null;
};

test('a figure opens the events that it was folded from, and refuses to stand without them', async () => {
  const number = document.createElement('hive-number');
  number.value = 4018;
  number.query = { types: ['task.merged'], trace: 'abc' };
  document.body.append(number);
  await number.updateComplete;
  const link = number.renderRoot.querySelector('a');
  expect(link?.textContent.trim()).toBe('4,018');
  expect(link?.getAttribute('href')).toBe('/events?type=task.merged&trace=abc');
  number.value = null;
  await number.updateComplete;
  expect(number.renderRoot.textContent.trim()).toBe('not reported');

  const bare = document.createElement('hive-number');
  bare.value = 1;
  expect(() => bare.render()).toThrow('needs the query');
});

test('a question is answered once: yes with its note, and Escape is a no', async () => {
  const yes = askFirst({
    heading: 'Cancel the workflow?',
    said: 'What runs is stopped.',
    action: 'Cancel the workflow',
    note: { label: 'Why', required: true },
  });
  const act = await vi.waitFor(() => {
    const found = button('Cancel the workflow');
    expect(found).not.toBeNull();
    return found as HTMLButtonElement;
  });
  expect(act.disabled).toBe(true);
  const note = deepQuery('textarea') as HTMLTextAreaElement;
  await userEvent.fill(note, ' not needed ');
  await vi.waitFor(() => expect(act.disabled).toBe(false));
  act.click();
  expect(await yes).toEqual({ note: 'not needed' });
  expect(document.querySelector('hive-ask')).toBeNull();

  const no = askFirst({ heading: 'Sure?', said: '', action: 'Do it' });
  await vi.waitFor(() => expect((deepQuery('dialog') as HTMLDialogElement | null)?.open).toBe(true));
  await userEvent.keyboard('{Escape}');
  expect(await no).toBeNull();
});

test('a menu is opened, walked and closed by keys, and says why something cannot be done', async () => {
  const retry = vi.fn();
  const cancel = vi.fn();
  const menu = document.createElement('hive-menu');
  menu.items = [
    { name: 'Retry', act: retry },
    { name: 'Cancel', act: cancel, why: 'It is over' },
  ];
  document.body.append(menu);
  await menu.updateComplete;
  const opener = menu.renderRoot.querySelector<HTMLElement>('.opener');
  opener?.focus();
  await userEvent.keyboard('{ArrowDown}');
  await vi.waitFor(() => expect(menu.shadowRoot?.activeElement?.textContent.trim()).toBe('Retry'));
  await userEvent.keyboard('{ArrowDown}');
  expect(menu.shadowRoot?.activeElement?.textContent).toContain('It is over');
  await userEvent.keyboard('{Enter}');
  expect(cancel).not.toHaveBeenCalled();
  await userEvent.keyboard('{Home}{Enter}');
  expect(retry).toHaveBeenCalledOnce();
  opener?.focus();
  await userEvent.keyboard('{ArrowDown}{Escape}');
  expect(menu.shadowRoot?.activeElement).toBe(opener);
});

test('tabs are chosen by click and by arrow keys', async () => {
  const tabs = document.createElement('hive-tabs');
  tabs.tabs = [
    { id: 'a', name: 'One' },
    { id: 'b', name: 'Two', count: 3 },
  ];
  tabs.selected = 'a';
  tabs.addEventListener('hive-tab', (event) => (tabs.selected = event.detail));
  document.body.append(tabs);
  await tabs.updateComplete;
  tabs.renderRoot.querySelector<HTMLElement>('[aria-selected=true]')?.focus();
  await userEvent.keyboard('{ArrowLeft}');
  await vi.waitFor(() => expect(tabs.shadowRoot?.activeElement?.textContent).toContain('Two'));
  expect(tabs.selected).toBe('b');
});
