/** A model as a box tells of it. Bytes and tokens; null: it does not say. */
export type Candidate = {
  readonly name: string;
  readonly size: number;
  readonly contextTokens: number | null;
  readonly can: readonly string[] | null;
};

/** What stands against a model in a role; empty: nothing. */
export type Fit = { readonly role: 'planner' | 'worker' | 'reviewer'; readonly against: readonly string[] };

/** A map of the repository, a task and a few files; the worker's conversation grows. */
const leastContext = { planner: 16_384, worker: 16_384, reviewer: 8192 } as const;
/** What stands against a model as worker that says it knows none. */
export const knowsNoTools = 'it cannot use tools';
const roles = ['planner', 'worker', 'reviewer'] as const;

/** Which roles a model suits, and why not the others. `memory` in bytes; null: unknown. Pure. */
export const suits = ({ name, size, contextTokens, can }: Candidate, memory: number | null): readonly Fit[] =>
  roles.map((role) => {
    const against: string[] = [];
    const writes = can === null ? !/embed/i.test(name) : can.length === 0 || can.includes('completion');
    if (!writes) against.push('it does not write text');
    if (writes && role === 'worker' && can !== null && !can.includes('tools')) against.push(knowsNoTools);
    if (contextTokens !== null && contextTokens < leastContext[role])
      against.push(`its context has only ${contextTokens} tokens`);
    if (memory !== null && size * 1.1 > memory)
      against.push(`it needs about ${gigabytes(size * 1.1)} and the box has ${gigabytes(memory)}`);
    return { role, against };
  });

const gigabytes = (bytes: number): string => `${(bytes / 1e9).toFixed(1)} GB`;

/** One line about a model: what it suits, and what stands against the rest. */
export const suitLine = (fits: readonly Fit[]): string => {
  const good = fits.filter(({ against }) => against.length === 0).map(({ role }) => role);
  const bad = fits.filter(({ against }) => against.length > 0);
  const reasons = [...new Set(bad.flatMap(({ against }) => against))];
  const not = bad.length === 0 ? '' : `not ${bad.map(({ role }) => role).join(' or ')}: ${reasons.join(', ')}`;
  return [good.length === 0 ? '' : `suits ${good.join(', ')}`, not].filter(Boolean).join('; ');
};
