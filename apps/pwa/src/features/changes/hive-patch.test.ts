import { afterEach, expect, test } from 'vitest';
import { userEvent } from 'vitest/browser';
import './hive-patch.ts';
import type { HivePatch } from './hive-patch.ts';

const lines = (n: number) => Array.from({ length: n }, (_, index) => `+line ${index + 1}`).join('\n');
const patch = `diff --git a/a.ts b/a.ts
--- a/a.ts
+++ b/a.ts
@@ -1,2 +1,2 @@
-const a = 1; // \u202ereversed
+const a = 2; // \u202ereversed
 <img src=x onerror=alert(1)>
diff --git a/b.png b/b.png
Binary files a/b.png and b/b.png differ
diff --git a/long.txt b/long.txt
new file mode 100644
--- /dev/null
+++ b/long.txt
@@ -0,0 +1,3000 @@
${lines(3000)}
`;

const show = async (text: string, quotable = true): Promise<HivePatch> => {
  const element = document.createElement('hive-patch');
  element.desk = { artefact: () => Promise.resolve(new TextEncoder().encode(text)) };
  element.hash = 'h';
  element.quotable = quotable;
  document.body.append(element);
  // The code of the worker is made when it is first asked for.
  await expect.poll(() => element.renderRoot.querySelector('.sum, hive-notice')).not.toBeNull();
  return element;
};
const buttons = (element: HivePatch) => [...element.renderRoot.querySelectorAll<HTMLElement>('.file')];
const diffs = (element: HivePatch) => [...element.renderRoot.querySelectorAll('hive-file-diff')];

afterEach(() => document.body.replaceChildren());

test('files stand with their figures, a large change is closed, and a binary file has no lines', async () => {
  const element = await show(patch);
  expect(buttons(element).map((it) => it.textContent.replace(/\s+/g, ' ').trim())).toEqual([
    'a.ts +1 −1',
    'b.png binary',
    'long.txt new +3000 −0',
  ]);
  expect(diffs(element)).toHaveLength(0);
  buttons(element)[1]?.click();
  await expect.poll(() => element.renderRoot.textContent).toContain('there are no lines to show');
});

test('lines of a file are text, whatever they hold, with the words that differ', async () => {
  const element = await show(patch);
  buttons(element)[0]?.click();
  await expect.poll(() => diffs(element)[0]?.renderRoot.querySelectorAll('.line').length).toBe(4);
  const root = diffs(element)[0]?.renderRoot;
  expect(root?.textContent).toContain('<img src=x onerror=alert(1)>');
  expect(root?.textContent).toContain('\\u{202e}reversed');
  expect(root?.querySelector('img')).toBeNull();
  expect([...(root?.querySelectorAll('mark') ?? [])].map((it) => it.textContent)).toEqual(['1', '2']);
});

test('of a long file few lines are in the document, and all of them can be asked for', async () => {
  const element = await show(patch);
  buttons(element)[2]?.click();
  await expect.poll(() => diffs(element)[0]?.renderRoot.textContent).toContain('2,000 lines of 3,001 lines shown');
  const root = diffs(element)[0]?.renderRoot;
  expect(root?.querySelectorAll('.line').length).toBeLessThanOrEqual(300);
  root?.querySelector<HTMLElement>('.more button')?.click();
  await expect.poll(() => root?.querySelectorAll('.more').length).toBe(0);
});

test('a range is chosen by keyboard and quoted with its place', async () => {
  const element = await show(patch);
  buttons(element)[0]?.click();
  await expect.poll(() => diffs(element)[0]?.renderRoot.querySelectorAll('.lines').length).toBe(1);
  const quotes: string[] = [];
  element.addEventListener('hive-quote', ({ detail }) => quotes.push(detail));
  diffs(element)[0]?.renderRoot.querySelector<HTMLElement>('.lines')?.focus();
  await userEvent.keyboard('{ArrowDown}{Shift>}{ArrowDown}{/Shift}{Enter}');
  expect(quotes).toEqual(['a.ts:1\n> -const a = 1; // \u202ereversed\n> +const a = 2; // \u202ereversed\n']);
});

test('a patch that does not come says why, and can be asked for again', async () => {
  const element = document.createElement('hive-patch');
  let works = false;
  element.desk = {
    artefact: () =>
      works ? Promise.resolve(new TextEncoder().encode('')) : Promise.reject(new Error('Hive does not answer')),
  };
  element.hash = 'h';
  document.body.append(element);
  await expect.poll(() => element.renderRoot.querySelector('hive-notice')?.said).toBe('Hive does not answer');
  works = true;
  element.renderRoot.querySelector<HTMLElement>('hive-notice button')?.click();
  await expect.poll(() => element.renderRoot.querySelector('hive-notice')?.heading).toBe('No file is changed');
});
