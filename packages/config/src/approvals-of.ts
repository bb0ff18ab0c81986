import type { Policy } from '@hive/events';

type Approvals = NonNullable<Policy['approvals']>;

/** What the names of the founding plan's `security.require_approval` ask for. What is escalated is asked about in any case. */
const asked: Readonly<Record<string, Approvals>> = {
  plan: { plan: 'models' },
  merge: { protected: ['**'] },
  dependency: { newDependency: true },
  checks: { changedChecks: true },
  egress: { newHost: true },
  spending: { spendAboveUsd: 0 },
  escalation: {},
};

/** The names that `security.require_approval` knows. */
export const approvalNames = Object.keys(asked) as [string, ...string[]]; // there are some

/** `security.require_approval` in the words of `policies.approvals`: `true` asks for everything; what `policies` says itself goes before. */
export const approvalsOf = (
  required: boolean | readonly string[] | undefined,
  own: Approvals | undefined,
): Approvals => {
  const names = required === true ? approvalNames : required || [];
  return Object.assign({}, ...names.map((name) => asked[name]), own) as Approvals; // objects of that shape only
};
