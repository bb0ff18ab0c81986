import { waterfallKeys } from '../features/traces/waterfall/waterfall-keys.ts';
import type { KeyLine } from './keys.ts';

/** The keys of pages, for the help. */
export const pageKeys: readonly { readonly page: string; readonly keys: readonly KeyLine[] }[] = [
  {
    page: 'Lists',
    keys: [
      { keys: 'j k', does: 'Next, previous' },
      { keys: 'Enter', does: 'Open' },
      { keys: 'x', does: 'Choose a trace' },
    ],
  },
  {
    page: 'Approvals',
    keys: [
      { keys: 'a d', does: 'Approve, deny' },
      { keys: 'n', does: 'Write a note' },
    ],
  },
  {
    page: 'Trace',
    keys: [
      { keys: 'y t', does: 'Waterfall, graph' },
      { keys: '[ ]', does: 'Older, newer trace' },
    ],
  },
  {
    page: 'Waterfall',
    keys: waterfallKeys.map(({ keys, said }) => ({ keys: keys.join(' '), does: said })),
  },
];
