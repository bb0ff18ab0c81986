import type { TreeRow } from './causal-tree.ts';

/** What a key means in the tree. `go` and `select` name the row. */
export type TreeMove =
  { readonly act: 'go' | 'collapse' | 'expand' | 'select'; readonly id: string } | { readonly act: 'close' | 'follow' };

/** The keys of the tree: arrows or j k move, ← → collapse, expand or step, Enter shows, Esc closes, l follows, e E go to errors. */
export const treeMove = (
  key: string,
  at: {
    readonly rows: readonly TreeRow[];
    readonly id: string;
    readonly collapsed: ReadonlySet<string>;
    readonly isError: (row: TreeRow) => boolean;
  },
): TreeMove | null => {
  const index = at.rows.findIndex((row) => row.event.id === at.id);
  const row = at.rows[index];
  if (!row) return null;
  const go = (to: TreeRow | undefined): TreeMove | null => (to ? { act: 'go', id: to.event.id } : null);
  const isShut = at.collapsed.has(at.id);
  switch (key) {
    case 'j':
    case 'ArrowDown':
      return go(at.rows[index + 1]);
    case 'k':
    case 'ArrowUp':
      return go(at.rows[index - 1]);
    case 'Home':
      return go(at.rows[0]);
    case 'End':
      return go(at.rows.at(-1));
    case 'ArrowRight':
      if (row.children === 0) return null;
      return isShut ? { act: 'expand', id: at.id } : go(at.rows[index + 1]);
    case 'ArrowLeft':
      if (row.children > 0 && !isShut) return { act: 'collapse', id: at.id };
      return go(at.rows.find(({ event }) => event.id === row.parent));
    case 'e':
      return go(at.rows.slice(index + 1).find(at.isError));
    case 'E':
      return go(at.rows.slice(0, index).findLast(at.isError));
    case 'Enter':
      return { act: 'select', id: at.id };
    case 'Escape':
      return { act: 'close' };
    case 'l':
      return { act: 'follow' };
    default:
      return null;
  }
};
