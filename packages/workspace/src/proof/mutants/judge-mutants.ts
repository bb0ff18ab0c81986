import type { Code } from '@hive/errors';
import type { Finding, Mutants } from '@hive/events';
import type { Proof } from '../../port.ts';

/** What follows from the mutants of a proven change: nothing, unless a share was asked for that is not reached. Null: they could not be judged. */
export const judgeMutants = (
  mutants: Mutants | null | undefined,
  atLeast: number,
): Pick<Proof, 'code' | 'reason' | 'findings'> => {
  if (mutants === undefined || atLeast === 0) return { code: null, reason: null, findings: [] };
  if (mutants === null)
    return refused(
      'The checks are not green on the change any more after its mutants had run beside it: what they reject cannot be told',
    );
  const { tried, rejected, made, broken, survivors = [] } = mutants;
  if (made === 0 || (tried === 0 && broken === made)) return { code: null, reason: null, findings: [] };
  const asked = `${percent(atLeast)} % is asked for`;
  if (tried === 0)
    return refused(`No small mistake in the changed lines could be tried in time, and ${asked}: raise mutants.budgetS`);
  if (rejected / tried >= atLeast) return { code: null, reason: null, findings: [] };
  const named = survivors.slice(0, 3).map(({ file, line, what }) => `${file}:${line} (${what})`);
  return refused(
    `The checks notice ${rejected} of ${tried} small mistakes in the changed lines, and ${asked}; not noticed: ${named.join(', ')}`,
    survivors.map(({ file, line, what }) => ({
      rule: 'evidence.mutants',
      message: `No check notices when ${what}`,
      severity: 'error',
      file,
      line,
    })),
  );
};

const refused = (reason: string, findings: readonly Finding[] = []) => ({
  code: 'evidence.mutants' satisfies Code as Code,
  reason,
  findings,
});

const percent = (share: number): number => Math.round(share * 1000) / 10;
