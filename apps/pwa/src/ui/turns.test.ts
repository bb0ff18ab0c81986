import { LitElement, html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { afterEach, expect, test, vi } from 'vitest';
import { Turns } from './turns.ts';

@customElement('test-parts')
class Parts extends LitElement {
  @property({ attribute: false }) parts: readonly number[] = [];
  readonly #turns = new Turns(this, 3);
  readonly sizes: number[] = [];
  override updated() {
    this.sizes.push(seen(this).length);
  }
  override render() {
    return html`${this.#turns.of(this.parts).map((n) => html`<i>${n}</i>`)}${this.#turns.one() ? html`<b>end</b>` : ''}`;
  }
}

const upTo = (n: number) => Array.from({ length: n }, (_, index) => index);
const seen = (host: Parts) => [...(host.shadowRoot?.querySelectorAll('i, b') ?? [])].map((it) => it.textContent);

afterEach(() => {
  document.body.replaceChildren();
  vi.restoreAllMocks();
});

test('what is shown for the first time grows at its end, a few parts a task, and later updates come at once', async () => {
  const host = new Parts();
  host.parts = upTo(7);
  document.body.append(host);
  await host.updateComplete;
  expect(seen(host)).toEqual(['0', '1', '2']);
  await vi.waitFor(() => expect(seen(host)).toEqual([...upTo(7).map(String), 'end']));
  host.parts = upTo(20);
  await host.updateComplete;
  expect(seen(host)).toHaveLength(21);
});

test.each([
  ['long are followed by fewer', 100, [3, 5, 6, 7, 8]],
  ['no time are followed by more', 0, [3, 8]],
])('parts that take %s', async (_, tookMs, sizes) => {
  let now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => (now += tookMs));
  const host = new Parts();
  host.parts = upTo(7);
  document.body.append(host);
  await vi.waitFor(() => expect(host.sizes).toEqual(sizes));
});
