import type { Batch, Evidence, EvidenceCommand } from '@hive/events';

/** What two proofs of one change differ in, a sentence each. Times, hosts, logs, reviewers and mutants are no part of it. */
export const compareProofs = (
  record: Evidence,
  again: Evidence,
  { on }: { readonly on: 'the same base' | 'another base' },
): string[] => [
  ...(on === 'the same base' ? sameChange(record, again) : []),
  ...setups(record, again),
  ...commands(record.commands, again.commands, new Set(record.flaky)),
  ...plain('red before', record.redBefore, again.redBefore),
  ...plain('green after', String(record.greenAfter), String(again.greenAfter)),
  ...plain('checks left out', list(record.dropped), list(again.dropped)),
];

/** What two checks of the same changes on top of each other differ in, a sentence each. `flaky`: what may end either way. */
export const compareBatches = (batch: Batch, again: Evidence, flaky: readonly string[]): string[] =>
  [
    ...plain('tree', batch.tree.slice(0, 12), again.tree.slice(0, 12)),
    ...commands(batch.commands, again.commands, new Set(flaky)),
  ].map((difference) => `together with the others, ${difference}`);

const list = (names: readonly string[] | undefined): string => [...(names ?? [])].sort().join(', ') || 'none';

const plain = (what: string, recorded: string, now: string): string[] =>
  recorded === now ? [] : [`${what}: recorded ${recorded}, now ${now}`];

const sameChange = (record: Evidence, again: Evidence): string[] =>
  (['base', 'tree', 'patch'] as const).flatMap((key) => plain(key, record[key].slice(0, 12), again[key].slice(0, 12)));

const setups = ({ setup: record }: Evidence, { setup: again }: Evidence): string[] => [
  ...plain('setup', record?.argv.join(' ') ?? 'none', again?.argv.join(' ') ?? 'none'),
  ...plain('lock file', record?.lockfile?.slice(0, 12) ?? 'none', again?.lockfile?.slice(0, 12) ?? 'none'),
];

const placeOf = ({ name, on }: EvidenceCommand): string => `${name} on ${on}`;

const outcome = ({ exit, infra }: EvidenceCommand): string => infra ?? `exit ${exit}`;

/** How the runs of a check at a place ended, each way once: a check may have run several times. */
const outcomes = (runs: readonly EvidenceCommand[] | undefined): string =>
  [...new Set(runs?.map(outcome))].sort().join(' and ') || 'not run';

const commands = (
  record: readonly EvidenceCommand[],
  again: readonly EvidenceCommand[],
  flaky: ReadonlySet<string>,
): string[] => {
  const [before, now] = [Map.groupBy(record, placeOf), Map.groupBy(again, placeOf)];
  return [...new Set([...before.keys(), ...now.keys()])].flatMap((place) => {
    const [then, repeated] = [before.get(place), now.get(place)];
    const argv = plain(`command of ${place}`, text(then), text(repeated));
    const isUncertain = flaky.has(then?.[0]?.name ?? '');
    return [
      ...(then && repeated ? argv : []),
      ...(isUncertain ? [] : plain(place, outcomes(then), outcomes(repeated))),
    ];
  });
};

const text = (runs: readonly EvidenceCommand[] | undefined): string =>
  [...new Set(runs?.map(({ argv }) => JSON.stringify(argv)))].join(' and ');
