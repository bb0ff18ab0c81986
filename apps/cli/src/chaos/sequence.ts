import type { Strike } from './strike.ts';

/** A sequence of strikes, dealt out to the processes that they are meant for. */
export type Sequence = {
  /** The next one for a process; undefined when there is none, or when the others have to catch up first. */
  next(process: string): Strike | undefined;
  /** Ends the sequence here: what was not dealt out never will be. */
  stop(): void;
  /** True when nothing more will be dealt out. */
  isOver(): boolean;
  /** What was drawn, in the order of the sequence. */
  readonly drawn: readonly Strike[];
};

/** How far a process may be ahead of the others. */
const ahead = 40;

/** Draws at most `limit` strikes. */
export const createSequence = (strikes: Iterator<Strike, unknown>, limit: number): Sequence => {
  const drawn: Strike[] = [];
  const waiting = new Map<string, Strike[]>();
  let isStopped = false;
  const isDrawing = () => !isStopped && drawn.length < limit;
  const undealt = () => [...waiting.values()].reduce((sum, list) => sum + list.length, 0);
  return {
    drawn,
    stop: () => {
      isStopped = true;
      waiting.clear();
    },
    isOver: () => !isDrawing() && undealt() === 0,
    next: (process) => {
      for (;;) {
        const own = waiting.get(process)?.shift();
        if (own || !isDrawing() || undealt() >= ahead) return own;
        const { done, value } = strikes.next();
        if (done) return void (isStopped = true);
        drawn.push(value);
        waiting.set(value.process, [...(waiting.get(value.process) ?? []), value]);
      }
    },
  };
};
