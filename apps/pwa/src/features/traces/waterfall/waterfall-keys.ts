/** What a key does in the waterfall. */
export type WaterfallAct =
  | { readonly act: 'move'; readonly by: number }
  | { readonly act: 'edge'; readonly to: 'first' | 'last' }
  | { readonly act: 'error'; readonly way: 1 | -1 }
  | { readonly act: 'zoom'; readonly factor: number }
  | { readonly act: 'pan'; readonly share: number }
  | { readonly act: 'copy'; readonly what: 'link' | 'text' }
  | {
      readonly act:
        | 'in'
        | 'out'
        | 'details'
        | 'close'
        | 'fit'
        | 'filter'
        | 'follow'
        | 'time'
        | 'path'
        | 'names'
        | 'collapse'
        | 'page-down'
        | 'page-up';
    };

/** One line of the table: the keys, what they do, and how it is said in the help. */
export type WaterfallKey = { readonly keys: readonly string[]; readonly does: WaterfallAct; readonly said: string };

/** The keys of the waterfall, once: for what they do, for the help and for tooltips. */
export const waterfallKeys: readonly WaterfallKey[] = [
  { keys: ['ArrowDown', 'j'], does: { act: 'move', by: 1 }, said: 'Next row' },
  { keys: ['ArrowUp', 'k'], does: { act: 'move', by: -1 }, said: 'Row above' },
  { keys: ['PageDown'], does: { act: 'page-down' }, said: 'A page down' },
  { keys: ['PageUp'], does: { act: 'page-up' }, said: 'A page up' },
  { keys: ['Home'], does: { act: 'edge', to: 'first' }, said: 'First row' },
  { keys: ['End'], does: { act: 'edge', to: 'last' }, said: 'Last row' },
  { keys: ['ArrowRight'], does: { act: 'in' }, said: 'Expand, or first row below' },
  { keys: ['ArrowLeft'], does: { act: 'out' }, said: 'Collapse, or the row above it' },
  { keys: ['Enter'], does: { act: 'details' }, said: 'Show details' },
  { keys: ['Escape'], does: { act: 'close' }, said: 'Close details' },
  { keys: ['f'], does: { act: 'fit' }, said: 'Fit all of the time' },
  { keys: ['+', '=', 'w'], does: { act: 'zoom', factor: 1 / 1.5 }, said: 'Zoom in' },
  { keys: ['-', 's'], does: { act: 'zoom', factor: 1.5 }, said: 'Zoom out' },
  { keys: ['a'], does: { act: 'pan', share: -0.25 }, said: 'Earlier' },
  { keys: ['d'], does: { act: 'pan', share: 0.25 }, said: 'Later' },
  { keys: ['/'], does: { act: 'filter' }, said: 'Filter' },
  { keys: ['e'], does: { act: 'error', way: 1 }, said: 'Next error' },
  { keys: ['E'], does: { act: 'error', way: -1 }, said: 'Error before' },
  { keys: ['l'], does: { act: 'follow' }, said: 'Follow live' },
  { keys: ['i'], does: { act: 'time' }, said: 'True time, without collapsing idle gaps' },
  { keys: ['p'], does: { act: 'path' }, said: 'Critical path' },
  { keys: ['n'], does: { act: 'names' }, said: 'Names and times only, or bars' },
  { keys: ['x'], does: { act: 'collapse' }, said: 'Collapse tasks, or expand all' },
  { keys: ['c'], does: { act: 'copy', what: 'link' }, said: 'Copy a link to the row' },
  { keys: ['C'], does: { act: 'copy', what: 'text' }, said: 'Copy the row as text' },
];

const acts = new Map(waterfallKeys.flatMap(({ keys, does }) => keys.map((key) => [key, does] as const)));

/** What a key means here; undefined for one that means nothing. */
export const waterfallAct = (key: string): WaterfallAct | undefined => acts.get(key);
