import { beginningOf, type Code } from '@hive/errors';
import type { Check, EvidenceCommand, Finding } from '@hive/events';
import type { Proof, RunResult } from '../port.ts';
import { lastLines } from '../command/output.ts';
import { firstFailure } from './first-failure.ts';
import { flakyOf, madeFlaky, type Flaky } from './flaky.ts';

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
  /** Checks that ended differently at the same place and prove nothing. */
  readonly flaky: readonly string[];
};

const red = (ran: Ran) => ran.result.exit !== 0;

/**
 * Judges a proof: all that counts green on the head, and something red before unless that was not needed. What is flaky counts neither as red nor as
 * green; a check that became flaky with the change is not green after it. One that is red in every run on the head is red, whatever it is elsewhere.
 */
export const judge = (all: readonly Ran[], redBefore: 'needed' | 'not_needed'): Judgement => {
  const ran = all.filter(({ result }) => result.infra === undefined);
  const before = all.some(({ on }) => on === 'base') ? 'base' : 'head';
  const unsteady = flakyOf(ran);
  const flaky = [...new Set(unsteady.map(({ name }) => name))];
  const isGreenBefore = (name: string) => ran.some((one) => one.check.name === name && one.on === before && !red(one));
  const dropped = [
    ...new Set(
      all
        .filter(({ check, on }) => check.source === 'found' && on === before && !isGreenBefore(check.name))
        .map(({ check }) => check.name),
    ),
  ];
  const kept = ran.filter(({ check }) => !(check.source === 'found' && dropped.includes(check.name)));
  const counted = kept.filter(({ check }) => !flaky.includes(check.name));
  const after = counted.filter(({ on }) => on === 'head');
  const failed = firstOfEach(kept.filter(({ on }) => on === 'head')).filter(
    ({ check }) => !kept.some((one) => one.check.name === check.name && one.on === 'head' && !red(one)),
  );
  const wasRed = counted.some((one) => one.on !== 'head' && red(one));
  const became = madeFlaky(unsteady);
  const facts = {
    redBefore: wasRed ? ('red' as const) : redBefore === 'not_needed' ? ('not_needed' as const) : ('not_red' as const),
    greenAfter: after.length > 0 && failed.length === 0 && became.length === 0,
    dropped,
    flaky,
  };
  const verdict = (code: Code | null, reason: string | null, findings: readonly Finding[] = []) => ({
    ...facts,
    code,
    reason,
    findings,
  });
  if (failed.length > 0) return verdict('checks.red', failed.map(sentence).join('; '), failed.map(finding));
  if (became.length > 0)
    return verdict('evidence.flaky', became.map(becameFlaky).join('; '), flakyFindings(became, ran));
  if (after.length === 0 && flaky.length > 0)
    return verdict('evidence.flaky', onlyFlaky(unsteady), flakyFindings(unsteady, ran));
  if (after.length === 0) return verdict('evidence.no_checks', noChecks(dropped));
  if (facts.redBefore === 'not_red') return verdict('evidence.not_red', notRed(counted, flaky));
  return verdict(null, null);
};

const firstOfEach = (ran: readonly Ran[]): Ran[] =>
  [...Map.groupBy(ran, ({ check }) => check.name).values()].flatMap((runs) => runs.slice(0, 1));

const noChecks = (dropped: readonly string[]) =>
  dropped.length > 0
    ? `No check is left: ${dropped.join(', ')} ${dropped.length > 1 ? 'are' : 'is'} red without the change; name checks that are green without it (--check, or checks in hive.yaml)`
    : 'No checks are known; name them (--check, or checks in hive.yaml)';

const notRed = (counted: readonly Ran[], flaky: readonly string[]) => {
  const own = counted.some(({ on }) => on === 'base+tests') ? ', its own tests included' : '';
  const without = flaky.length === 0 ? '' : ` (${flaky.join(', ')}: flaky, and does not count)`;
  return `Nothing fails without the change${own}${without}: add a test that fails without the change, or declare redBefore: not_needed`;
};

const places = {
  base: 'without the change',
  'base+tests': 'with only the tests of the change',
  head: 'with the change',
};

const times = ({ name, on, red, runs }: Flaky) => `${name} was red in ${red} of ${runs} runs ${places[on]}`;

const becameFlaky = (flaky: Flaky): string =>
  `${times(flaky)}: it is flaky, which proves nothing; it was not seen to be so without the change`;

const onlyFlaky = (flaky: readonly Flaky[]): string =>
  `Only flaky checks are left, which prove nothing: ${flaky.map(times).join('; ')}`;

const flakyFindings = (flaky: readonly Flaky[], ran: readonly Ran[]): Finding[] =>
  flaky.flatMap((one) => {
    const seen = ran.find((it) => it.check.name === one.name && it.on === one.on && red(it));
    return seen ? [{ ...finding(seen), rule: 'evidence.flaky' }] : [];
  });

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
    message: beginningOf(`${check.name}: exit ${result.exit}\n${lastLines(output)}`, 4000),
    severity: 'error',
    ...(failure?.file !== undefined && { file: failure.file }),
    ...(failure?.at !== undefined && { line: failure.at }),
  };
};
