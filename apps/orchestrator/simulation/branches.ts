import { rest, type Surroundings } from '@hive/bus';
import type { Chance } from './chance.ts';
import type { Time } from './time.ts';

/** What is outside of the store: refs that are moved by compare-and-swap, and the names of moves that are not to be made any more. */
export type Branches = {
  /** In the order in which they came onto their branches. */
  readonly commits: readonly Commit[];
  tip(branch: string): string | null;
  /** Puts these commits onto the branch, unless they are there, its tip is not `from`, or the move of that name was given up. */
  move(move: Move): 'there' | 'moved away' | 'given up';
  /** From now on nobody makes this move; false when it was made before. */
  giveUp(move: Pick<Move, 'branch' | 'name' | 'to'>): boolean;
};

export type Commit = { readonly branch: string; readonly to: string; readonly taskId: string };

type Move = {
  readonly name: string;
  readonly branch: string;
  readonly from: string | null;
  readonly to: string;
  readonly commits: readonly Omit<Commit, 'branch'>[];
};

export const createBranches = (): Branches => {
  const commits: Commit[] = [];
  const givenUp = new Set<string>();
  const tip = (branch: string) => commits.findLast((it) => it.branch === branch)?.to ?? null;
  const holds = (branch: string, commit: string) => commits.some((it) => it.branch === branch && it.to === commit);
  return {
    commits,
    tip,
    move: ({ name, branch, from, to, commits: added }) => {
      if (tip(branch) === from && !givenUp.has(name)) commits.push(...added.map((commit) => ({ branch, ...commit })));
      if (holds(branch, to)) return 'there';
      return givenUp.has(name) ? 'given up' : 'moved away';
    },
    giveUp: ({ name, branch, to }) => {
      givenUp.add(name);
      return !holds(branch, to);
    },
  };
};

/** Runs a command of git. It goes on when whoever gave it is killed, and answers them when they are awake. */
export type Git = <T>(around: Surroundings, command: () => T) => Promise<T>;

/** `msOf` says how long the command of this number takes, counted from 1. */
export const createGit = (time: Time, chance: Chance, msOf: (command: number) => number | undefined): Git => {
  let commands = 0;
  return async (around, command) => {
    const ms = msOf(++commands) ?? chance.next() * 5;
    const answer = await new Promise<ReturnType<typeof command>>((resolve) => time.after(ms, () => resolve(command())));
    await rest(around, chance.next());
    return answer;
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
