import type { Code } from '@hive/errors';
import type { Check, EvidenceCommand, Finding } from '@hive/events';
import type { Proof, RunResult } from '../port.ts';
import { lastLines } from '../command/output.ts';
import { firstFailure } from './first-failure.ts';

/** One check at one place. `output` is what it said, cleaned, when it was red. */
export type Ran = {
  readonly check: Check;
  readonly on: EvidenceCommand['on'];
  readonly result: RunResult;
  readonly output: string;
};

/** What a set of runs proves. Infra results must have been dealt with before. */
export type Judgement = Pick<Proof, 'code' | 'reason' | 'findings'> & {
  readonly redBefore: 'red' | 'not_red' | 'not_needed';
  readonly greenAfter: boolean;
  /** Found checks that were red on the base and do not count. */
  readonly dropped: readonly string[];
};

const red = (ran: Ran) => ran.result.exit !== 0;

/** Judges a proof: all that counts green on the head, and something red before unless that was not needed. */
export const judge = (ran: readonly Ran[], redBefore: 'needed' | 'not_needed'): Judgement => {
  const before = ran.some(({ on }) => on === 'base') ? 'base' : 'head';
  const dropped = ran
    .filter((one) => one.check.source === 'found' && one.on === before && red(one))
    .map(({ check }) => check.name);
  const counted = ran.filter(({ check }) => !(check.source === 'found' && dropped.includes(check.name)));
  const after = counted.filter(({ on }) => on === 'head');
  const failed = after.filter(red);
  const wasRed = counted.some((one) => one.on !== 'head' && red(one));
  const facts = {
    redBefore: wasRed ? ('red' as const) : redBefore === 'not_needed' ? ('not_needed' as const) : ('not_red' as const),
    greenAfter: after.length > 0 && failed.length === 0,
    dropped,
  };
  const verdict = (code: Code | null, reason: string | null, findings: readonly Finding[] = []) => ({
    ...facts,
    code,
    reason,
    findings,
  });
  if (after.length === 0) return verdict('evidence.no_checks', noChecks(dropped));
  if (failed.length > 0) return verdict('checks.red', failed.map(sentence).join('; '), failed.map(finding));
  if (facts.redBefore === 'not_red') return verdict('evidence.not_red', notRed(counted));
  return verdict(null, null);
};

const noChecks = (dropped: readonly string[]) =>
  dropped.length > 0
    ? `No check is left: ${dropped.join(', ')} ${dropped.length > 1 ? 'are' : 'is'} red without the change; name checks with --check CMD`
    : 'No checks are known; name them with --check CMD';

const notRed = (counted: readonly Ran[]) =>
  counted.some(({ on }) => on === 'base+tests')
    ? 'Nothing fails without the change, its own tests included: add a test that fails without the change, or declare redBefore: not_needed'
    : 'Nothing fails without the change: add a test that fails without the change, or declare redBefore: not_needed';

const sentence = ({ check, result, output }: Ran): string => {
  const failure = firstFailure(output);
  if (!failure) return `${check.name}: exit ${result.exit}`;
  const place =
    failure.file !== undefined && !failure.line.includes(failure.file) ? ` (${failure.file}:${failure.at})` : '';
  return `${check.name}: exit ${result.exit}, first failure: ${failure.line}${place}`;
};

const finding = ({ check, result, output }: Ran): Finding => {
  const failure = firstFailure(output);
  return {
    rule: 'checks.red',
    message: `${check.name}: exit ${result.exit}\n${lastLines(output)}`.slice(0, 4000),
    severity: 'error',
    ...(failure?.file !== undefined && { file: failure.file }),
    ...(failure?.at !== undefined && { line: failure.at }),
  };
};
