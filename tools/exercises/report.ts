import type { Result } from '@hive/events';
import type { Part } from './repository.ts';

/** What became of one part of all exercises, and how long that took from the command to its end. */
export type Round = { readonly part: Part; readonly result: Result; readonly seconds: number };

/** A report for people, and whether everything was as it has to be. */
export type Report = { readonly lines: readonly string[]; readonly isGood: boolean };

const wanted = { solution: 'merged', stub: 'refused' } as const;
const leastShare = 0.95;

/** Solutions have to be merged, stubs refused with the failing check named, and 95 % of the mutants that were tried rejected. */
export const reportOf = (rounds: readonly Round[]): Report => {
  const told = rounds.map(tellRound);
  const mutants = tellMutants(rounds);
  return {
    lines: [
      ...told.map(({ row }) => row),
      ...mutants.rows,
      ...told.flatMap(({ wrong }) => wrong),
      ...mutants.survivors,
    ],
    isGood: told.every(({ wrong }) => wrong.length === 0) && mutants.isGood,
  };
};

const tellRound = ({ part, result, seconds }: Round) => {
  const { tasks } = result;
  const isAsWanted = ({ status, reason, evidence }: Result['tasks'][number]) =>
    status === wanted[part] &&
    (part === 'solution' || evidence?.commands.some(({ name }) => reason?.startsWith(name)) === true);
  const good = tasks.filter(isAsWanted);
  const named = part === 'stub' ? ', the failing check named' : '';
  return {
    row: `${part.padEnd(9)} ${good.length} of ${tasks.length} ${wanted[part]}${named}, ${seconds.toFixed(1)} s`,
    wrong: tasks
      .filter((task) => !isAsWanted(task))
      .map(({ key, status, code, reason }) => `  ${part} of ${key}: ${status}  ${code ?? ''} ${reason ?? ''}`),
  };
};

const tellMutants = (rounds: readonly Round[]) => {
  const probed = rounds.flatMap(({ result }) =>
    result.tasks.flatMap(({ key, evidence }) => (evidence?.mutants ? [{ key, ...evidence.mutants }] : [])),
  );
  if (probed.length === 0) return { rows: [], survivors: [], isGood: true };
  const sum = (of: (one: (typeof probed)[number]) => number) => probed.reduce((total, one) => total + of(one), 0);
  const [tried, rejected] = [sum((it) => it.tried), sum((it) => it.rejected)];
  const share = tried === 0 ? 0 : rejected / tried;
  return {
    rows: [
      `mutants   ${rejected} of ${tried} rejected (${(share * 100).toFixed(1)} %), ${sum((it) => it.broken ?? 0)} did not compile, ${sum((it) => it.made ?? it.tried)} made`,
    ],
    survivors: probed.flatMap(({ key, survivors = [] }) =>
      survivors.map(({ file, line, what }) => `  not noticed in ${key}: ${file}:${line}  ${what}`),
    ),
    isGood: share >= leastShare,
  };
};
