import { LitElement, html } from 'lit';
import { customElement } from 'lit/decorators.js';
import { afterEach, expect, test, vi } from 'vitest';
import { painted } from '../ui/turns.ts';
import { AppRouter, type AppRoute } from './app-router.ts';
import { goTo } from './address.ts';

const gates = new Map<string, PromiseWithResolvers<void>>();
const arrived = vi.fn();
const loads: string[] = [];
const route = (path: string, title: string): AppRoute => ({
  path,
  title,
  load: () => {
    loads.push(path);
    return gates.get(path)?.promise ?? Promise.resolve();
  },
  render: (params) => html`<p>${title} ${params['id'] ?? ''}</p>`,
});

@customElement('test-routed')
class Routed extends LitElement {
  readonly router = new AppRouter(this, {
    routes: [route('/', 'Home'), route('/slow', 'Slow'), route('/things/:id', 'Thing')],
    notFound: () => html`<p>Nowhere</p>`,
    failed: () => html`<p>Broken</p>`,
    onPage: arrived,
  });

  override render() {
    return html`${this.router.outlet()}<a href="/things/7?x=1">seven</a>`;
  }
}

const began = location.href;
const start = async (path: string) => {
  history.replaceState(null, '', path);
  const element = new Routed();
  document.body.append(element);
  await vi.waitFor(() => expect(element.router.path).toBe(path));
  await element.updateComplete;
  return element;
};
const shown = (element: Routed) => element.renderRoot.querySelector('p')?.textContent.trim();

afterEach(() => {
  document.body.replaceChildren();
  history.replaceState(null, '', began);
  gates.clear();
  arrived.mockClear();
  loads.length = 0;
});

test('a link pushes history, keeps its search, and Back returns', async () => {
  const element = await start('/');
  element.renderRoot.querySelector('a')?.click();
  await vi.waitFor(() => expect(shown(element)).toBe('Thing 7'));
  expect(location.search).toBe('?x=1');
  expect(arrived).toHaveBeenLastCalledWith({ title: 'Thing', moved: true });
  history.back();
  await vi.waitFor(() => expect(shown(element)).toBe('Home'));
});

test('a link is answered before the address changes and its page is made, and Back takes the answer away', async () => {
  const element = await start('/');
  gates.set('/things/:id', Promise.withResolvers());
  element.renderRoot.querySelector('a')?.click();
  expect([element.router.pressed, element.router.path, location.pathname]).toEqual(['/things/7', '/', '/']);
  await vi.waitFor(() => expect(location.pathname).toBe('/things/7'));
  expect([element.router.pressed, element.router.path]).toEqual(['/things/7', '/']);
  history.back();
  await vi.waitFor(() => expect(element.router.pressed).toBeNull());
  gates.get('/things/:id')?.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  expect([shown(element), element.router.path]).toEqual(['Home', '/']);
});

test('a link gives way to whatever was asked for after it', async () => {
  const element = await start('/');
  element.renderRoot.querySelector('a')?.click();
  goTo('/slow');
  await vi.waitFor(() => expect(shown(element)).toBe('Slow'));
  await painted();
  expect([location.pathname, element.router.pressed]).toEqual(['/slow', null]);
});

test('a link is followed though the search changes before it is', async () => {
  const element = await start('/');
  element.renderRoot.querySelector('a')?.click();
  goTo('/?q=1', { replace: true });
  await vi.waitFor(() => expect(shown(element)).toBe('Thing 7'));
});

test('a page whose code comes late does not replace the one that was asked for after it', async () => {
  const element = await start('/');
  gates.set('/slow', Promise.withResolvers());
  goTo('/slow');
  goTo('/things/8');
  await vi.waitFor(() => expect(shown(element)).toBe('Thing 8'));
  gates.get('/slow')?.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  await element.updateComplete;
  expect(shown(element)).toBe('Thing 8');
});

test('a change of the address that is told twice shows its page once', async () => {
  const element = await start('/');
  goTo('/things/9');
  dispatchEvent(new PopStateEvent('popstate'));
  await vi.waitFor(() => expect(shown(element)).toBe('Thing 9'));
  expect(loads.filter((path) => path === '/things/:id')).toHaveLength(1);
});

test('an unknown address and code that does not load have a page', async () => {
  const element = await start('/nowhere');
  expect(shown(element)).toBe('Nowhere');
  gates.set('/slow', Promise.withResolvers());
  goTo('/slow');
  gates.get('/slow')?.reject(new Error('chunk gone'));
  await vi.waitFor(() => expect(shown(element)).toBe('Broken'));
  goTo('/');
  await vi.waitFor(() => expect(shown(element)).toBe('Home'));
});

test('a change of the search alone renders no page anew', async () => {
  await start('/');
  goTo('/?q=1');
  await new Promise((resolve) => setTimeout(resolve));
  expect(arrived).toHaveBeenCalledTimes(1);
});
