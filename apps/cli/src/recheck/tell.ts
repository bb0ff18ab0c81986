import type { Colour } from '../terminal/colour.ts';
import { count } from '../terminal/figures.ts';
import { oneLine } from '../terminal/visible.ts';
import { padEnd } from '../terminal/width.ts';
import type { Rechecked } from './recheck-commit.ts';

const painted = (colour: Colour, verdict: Rechecked['verdict']): ((text: string) => string) =>
  ({ confirmed: colour.green, differs: colour.red, cannot: colour.yellow })[verdict];

const signs = { confirmed: '✔', differs: '✖', cannot: '!' } as const;

/** One commit: its verdict, each difference, and, where it is the only one, what stands for the record. */
export const rechecked = (colour: Colour, one: Rechecked, { isAlone }: { readonly isAlone: boolean }): string[] => {
  const { verdict, commit, subject, differences, remarks, reason, again } = one;
  const runs = again ? `${count(again.commands.length, 'run')} repeated` : '';
  const label = painted(colour, verdict)(`${signs[verdict]} ${padEnd(verdict, 9)}`);
  return [
    `${label}  ${commit.slice(0, 8)}  ${oneLine(subject)}  ${colour.dim(runs)}`.trimEnd(),
    ...differences.map((text) => `    ${colour.red('✖')} ${oneLine(text)}`),
    ...(reason === null ? [] : [`    ${colour.yellow('!')} it could not be repeated: ${oneLine(reason)}`]),
    ...(isAlone ? remarks.map((text) => `    ${colour.dim(oneLine(text))}`) : []),
  ];
};

const words = { confirmed: 'confirmed', differs: 'with differences', cannot: 'not repeatable here' } as const;

/** How many of each; nothing more to say of a single one that was repeated. */
export const summary = (
  colour: Colour,
  done: readonly Rechecked[],
  { all, ran }: { readonly all: number; readonly ran: boolean },
): string[] => {
  const onlyRecords = ran ? [] : [colour.dim('Only the records were compared; nothing was run.')];
  if (all === 1) return onlyRecords;
  const figures = (['confirmed', 'differs', 'cannot'] as const).flatMap((verdict) => {
    const n = done.filter((one) => one.verdict === verdict).length;
    return n === 0 ? [] : [painted(colour, verdict)(`${n} ${words[verdict]}`)];
  });
  const rest = done.length < all ? [`${all - done.length} not looked at`] : [];
  return ['', `${[...figures, ...rest].join(' · ')}, of ${count(all, 'commit')}`, ...onlyRecords];
};
