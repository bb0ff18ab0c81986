import type { Chance } from './chance.ts';

/** What is outside of the store: refs that are moved by compare-and-swap, and remember where they were. */
export type Branches = {
  readonly moves: readonly Move[];
  tip(branch: string): string | null;
  /** Puts these commits onto the branch; false when its tip is not `from`. */
  move(move: {
    readonly branch: string;
    readonly from: string | null;
    readonly commits: readonly Omit<Move, 'branch'>[];
  }): boolean;
};

export type Move = { readonly branch: string; readonly to: string; readonly taskId: string };

export const createBranches = (): Branches => {
  const moves: Move[] = [];
  const tip = (branch: string) => moves.findLast((it) => it.branch === branch)?.to ?? null;
  return {
    moves,
    tip,
    move: ({ branch, from, commits }) => {
      if (tip(branch) !== from) return false;
      moves.push(...commits.map((commit) => ({ branch, ...commit })));
      return true;
    },
  };
};

/** Forty hex digits. */
export const newSha = (chance: Chance): string =>
  Array.from({ length: 5 }, () =>
    chance
      .below(2 ** 32)
      .toString(16)
      .padStart(8, '0'),
  ).join('');
