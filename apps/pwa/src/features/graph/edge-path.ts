type Point = { readonly x: number; readonly y: number };

const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;
const between = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** The way of an edge as the `d` of an SVG path: round where it turns. Empty for less than two points. */
export const edgePath = (points: readonly Point[]): string => {
  const [first, ...rest] = points;
  const last = rest.at(-1);
  if (!first || !last) return '';
  const turns = rest.slice(0, -1);
  const curves = turns.map((turn, index) => `Q ${at(turn)} ${at(between(turn, rest[index + 1] ?? last))}`);
  return [`M ${at(first)}`, ...curves, `L ${at(last)}`].join(' ');
};
