import type { GraphLayout } from './lay-out.ts';

const directions: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowRight: [1, 0],
  ArrowLeft: [-1, 0],
  ArrowDown: [0, 1],
  ArrowUp: [0, -1],
};

/** The id of the nearest node that lies where an arrow key points; null where none does. */
export const graphMove = (nodes: GraphLayout['nodes'], from: string, key: string): string | null => {
  const here = nodes.find(({ id }) => id === from);
  const way = directions[key];
  if (!here || !way) return null;
  const [dx, dy] = way;
  const candidates = nodes.flatMap(({ id, x, y }) => {
    const along = (x - here.x) * dx + (y - here.y) * dy;
    const aside = Math.abs((x - here.x) * dy) + Math.abs((y - here.y) * dx);
    // What lies beside counts double: an arrow goes straight on where it can.
    return along > 0 ? [{ id, distance: along + 2 * aside }] : [];
  });
  return candidates.toSorted((a, b) => a.distance - b.distance)[0]?.id ?? null;
};
