import type { HiveEvent } from '@hive/events';

/** One event in the tree. `parent` is the row under which it is drawn, `level` counts from 0. */
export type TreeRow = {
  readonly event: HiveEvent;
  readonly parent: string | null;
  readonly level: number;
  /** What the row is about: a task's id, or the stream for all else. */
  readonly subject: string;
  /** True for the first row of a subject below its cause; the rows that follow it are drawn as its children. */
  readonly head: boolean;
  readonly children: number;
};

/** The task that an event is about, or null. */
export const taskOf = (event: HiveEvent): string | null => {
  const { taskId } = event.data as { taskId?: string | null };
  return taskId ?? null;
};

const subjectOf = (event: HiveEvent): string => taskOf(event) ?? event.stream;

type Node = { row: Omit<TreeRow, 'children' | 'level'>; children: Node[] };

/**
 * The events as a tree in depth-first order: below an event comes what it caused, in the order of the log. A chain of causes about
 * one task would be a staircase as deep as the chain is long; so what happens to one task stays on one level below its first event,
 * and only a change of subject (a merge that makes the next task ready) goes deeper. Where a row lies depends on its causes alone:
 * an event that comes later moves nothing to another parent.
 */
export const treeOf = (events: readonly HiveEvent[]): readonly TreeRow[] => {
  const nodes = new Map<string, Node>();
  const headOf = new Map<string, Node>();
  const roots: Node[] = [];
  for (const event of events) {
    const cause = event.causationId === null ? undefined : nodes.get(event.causationId);
    const subject = subjectOf(event);
    const follows = cause?.row.subject === subject;
    const parent = follows ? headOf.get(cause.row.event.id) : cause;
    const node: Node = {
      row: { event, parent: parent?.row.event.id ?? null, subject, head: !follows },
      children: [],
    };
    nodes.set(event.id, node);
    headOf.set(event.id, follows && parent ? parent : node);
    (parent?.children ?? roots).push(node);
  }
  return flatten(roots);
};

const flatten = (roots: readonly Node[]): TreeRow[] => {
  const rows: TreeRow[] = [];
  const stack = roots.toReversed().map((node) => ({ node, level: 0 }));
  for (let next = stack.pop(); next; next = stack.pop()) {
    const { node, level } = next;
    rows.push({ ...node.row, level, children: node.children.length });
    for (const child of node.children.toReversed()) stack.push({ node: child, level: level + 1 });
  }
  return rows;
};

/** The rows that are seen when everything below `collapsed` is hidden. */
export const shownRows = (rows: readonly TreeRow[], collapsed: ReadonlySet<string>): readonly TreeRow[] => {
  if (collapsed.size === 0) return rows;
  let below = Infinity;
  return rows.filter((row) => {
    if (row.level > below) return false;
    below = collapsed.has(row.event.id) ? row.level : Infinity;
    return true;
  });
};
