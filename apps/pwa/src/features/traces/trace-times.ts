import { isActive } from './phases.ts';
import { stretchKinds } from './waterfall/subject-bars.ts';
import type { TraceStore } from './waterfall/trace-store.ts';

/** Where the time of a trace went, in ms: all of it, that in which anything worked, the rest, and how much of the rest waited for a person. */
export type TraceTimes = {
  readonly wallMs: number;
  readonly workedMs: number;
  readonly waitedMs: number;
  readonly forPersonMs: number;
};

type Stretch = readonly [from: number, to: number];

/** How much time stretches cover together; what overlaps counts once. */
const covered = (stretches: readonly Stretch[]): number => {
  let [sum, until] = [0, -Infinity];
  for (const [from, to] of stretches.toSorted(([a], [b]) => a - b)) {
    if (to <= until) continue;
    sum += to - Math.max(from, until);
    until = to;
  }
  return sum;
};

/** Folds the bars of a trace into where its time went. A bar that is open lasts until now. */
export const traceTimes = ({ bars, start, at, rows, firstAt }: TraceStore, now: number): TraceTimes => {
  const worked: Stretch[] = [];
  const person: Stretch[] = [];
  for (let bar = 0; bar < bars.count; bar += 1) {
    const kind = stretchKinds[bars.kind[bar] as number] ?? 'queued';
    const to = bars.to[bar] as number;
    const stretch: Stretch = [bars.from[bar] as number, Math.min(now, Number.isNaN(to) ? now : to)];
    if (kind === 'work' || isActive(kind)) worked.push(stretch);
    else if (kind === 'person') person.push(stretch);
  }
  // A call is told when it has ended; it worked since it began.
  for (let row = 0; row < rows; row += 1)
    if ((start[row] as number) < (at[row] as number)) worked.push([start[row] as number, at[row] as number]);
  const wallMs = Math.max(0, now - firstAt);
  const workedMs = Math.min(wallMs, covered(worked));
  return {
    ...{ wallMs, workedMs, waitedMs: wallMs - workedMs },
    forPersonMs: Math.min(wallMs, covered([...worked, ...person])) - workedMs,
  };
};
