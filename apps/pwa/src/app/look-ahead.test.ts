import { afterEach, expect, test, vi } from 'vitest';
import { goTo } from './address.ts';
import { lookAhead, lookAt } from './look-ahead.ts';

const desk = {
  workflow: vi.fn(() => Promise.resolve({} as never)),
  traceColumns: vi.fn(() => Promise.resolve({ next: null } as never)),
};
const began = location.href;
const load = vi.fn();
lookAhead(desk, load);

afterEach(() => {
  goTo(began, { replace: true });
  document.body.replaceChildren();
  vi.clearAllMocks();
});

const press = (link: HTMLElement, how: PointerEventInit) =>
  link.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, composed: true, pointerType: 'mouse', ...how }));

const linkTo = (path: string) => {
  const link = document.createElement('a');
  link.href = path;
  document.body.append(link);
  return link;
};

test('a trace is asked for when its link is pressed, once until it is shown', () => {
  const link = linkTo('/traces/0199c0de-0000-7000-8000-000000000001');
  press(link, { button: 0 });
  goTo('/traces/0199c0de-0000-7000-8000-000000000001');
  expect(desk.workflow.mock.calls).toEqual([['0199c0de-0000-7000-8000-000000000001']]);
  expect(desk.traceColumns).toHaveBeenCalledTimes(1);
});

test('an address of a trace is enough, another page, another button and a finger that may scroll are not', () => {
  press(linkTo('/tasks/1'), { button: 0 });
  press(linkTo('/traces/2'), { button: 1 });
  press(linkTo('/traces/2'), { button: 0, pointerType: 'touch' });
  goTo('/tasks/1');
  expect(desk.workflow).not.toHaveBeenCalled();
  goTo('/traces/00000003');
  expect(desk.workflow.mock.calls).toEqual([['00000003']]);
  goTo('/traces/00000003?view=log');
  expect(desk.workflow).toHaveBeenCalledTimes(1);
});

test('a trace with which the room begins is asked for, and no other page', () => {
  for (const path of ['/', '/traces', '/tasks/00000004']) lookAt(desk, path);
  expect(desk.workflow).not.toHaveBeenCalled();
  lookAt(desk, '/traces/00000004');
  expect(desk.workflow.mock.calls).toEqual([['00000004']]);
});

test('the code of a page is fetched when a pointer or the focus is on a link to it, once, and not when a finger is', () => {
  const over = (link: HTMLElement, pointerType: string) =>
    link.dispatchEvent(new PointerEvent('pointerover', { bubbles: true, composed: true, pointerType }));
  over(linkTo('/health'), 'touch');
  over(linkTo('https://elsewhere.example/tasks'), 'mouse');
  expect(load).not.toHaveBeenCalled();
  const tasks = linkTo('/tasks');
  over(tasks, 'mouse');
  over(tasks, 'mouse');
  linkTo('/agents').dispatchEvent(new FocusEvent('focusin', { bubbles: true, composed: true }));
  expect(load.mock.calls).toEqual([['/tasks'], ['/agents']]);
});
