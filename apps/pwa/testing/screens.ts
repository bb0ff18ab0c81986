import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Story } from './stories.ts';

const source = (path: string): string => readFileSync(join(import.meta.dirname, '../src', path), 'utf8');

/** The addresses of the app as it registers them, with their parameters. Read as text: what the pages import needs a browser. */
const placePaths = [...source('app/places.ts').matchAll(/^ {4}path: '([^']+)'/gm)].map(([, path = '']) => path);

/** The ways to look at a trace, likewise. */
const traceViews = [...source('features/traces/trace-views.ts').matchAll(/^ {4}id: '([^']+)'/gm)].map(
  ([, id = '']) => id,
);

/** Addresses beside those of the places: what a page shows for a parameter. */
const besides = ['/events?view=dead-letters', '/nowhere'];

/** What a parameter of an address is in a story; throws for a page that this does not know yet. */
const parameterOf = (story: Story, path: string): string => {
  const samples: Readonly<Record<string, string | undefined>> = {
    '/traces/:id': story.ids.failed,
    '/tasks/:id': story.past.find(({ type }) => type === 'task.refused')?.stream.split('/')[1],
    '/approvals/:id': story.past.find(({ type }) => type === 'approval.requested')?.stream.split('/')[1],
    '/agents/:name': 'worker-1',
  };
  if (!(path in samples)) throw new Error(`No sample for ${path}: name one beside the others`);
  // A story without such a thing has none: the page says so, which is a state as well.
  return samples[path] || 'none-such';
};

/** Every screen of the built app, as an address in a Hive that holds this story. A new page and a new view are among them by themselves. */
export const screensOf = (story: Story): readonly string[] => [
  ...placePaths.flatMap((path) => {
    const address = path.includes(':') ? path.replace(/:\w+/, encodeURIComponent(parameterOf(story, path))) : path;
    return path === '/traces/:id' && story.ids.failed !== ''
      ? [address, ...traceViews.slice(1).map((view) => `${address}?view=${view}`)]
      : [address];
  }),
  ...besides,
];
