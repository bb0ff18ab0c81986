import { beginningOf } from '@hive/errors';
import type { Finding } from '@hive/events';
import type { Evidence } from '@hive/events';
import type { Proof } from '@hive/workspace';
import type { Change } from './changes.ts';
import type { Refused } from './told.ts';

/** Another agent ran the checks of a change at the same place and came to something else: it is refused as flaky, with the names. */
export const flakyRefusal = (change: Change, proof: Proof): Refused => {
  const names = differing(change.evidence, proof.evidence);
  const { checkedBy } = proof.evidence;
  const what = names.length > 0 ? names.join(', ') : 'the proof';
  const reason = `${what} came out differently when ${checkedBy.agent} checked it again on the same base: ${proof.reason ?? ''}`;
  const flaky: Finding = { rule: 'evidence.flaky', message: beginningOf(reason, 4000), severity: 'error' };
  return { change, code: 'evidence.flaky', reason, findings: [flaky, ...proof.findings] };
};

/** The checks that ended once green and once red at the same place. */
const differing = (one: Evidence, other: Evidence): readonly string[] => {
  const redOf = ({ commands }: Evidence) =>
    new Set(commands.filter(({ exit }) => exit !== 0).map(({ name, on }) => JSON.stringify([on, name])));
  const [before, after] = [redOf(one), redOf(other)];
  const changed = [...before.symmetricDifference(after)].map((key) => (JSON.parse(key) as [string, string])[1]);
  return [...new Set([...changed, ...(other.flaky ?? [])])];
};
