import { z } from 'zod';

/** What a person has to agree to before it happens. */
export const ApprovalPolicy = z
  .strictObject({
    plan: z
      .enum(['never', 'models', 'always'])
      .optional()
      .describe('whose plans wait for a person before their first task begins (default never)'),
    protected: z
      .array(z.string().min(1).max(200))
      .max(100)
      .optional()
      .describe(
        'branches that nothing is merged into before a person agrees, as globs: `hive/*` for what Hive builds, `main` for the `into` of `repos`; what is named by `--into` was agreed to by whoever named it (default none)',
      ),
    deploys: z
      .array(z.string().min(1).max(200))
      .max(100)
      .optional()
      .describe(
        'branches that are deployed from, as globs like those of `protected`: a merge there cannot be taken back (T3), is agreed to by `approver` alone, and by typing the name of the branch (default none)',
      ),
    spendAboveUsd: z
      .number()
      .min(0)
      .optional()
      .describe(
        'work that may spend more than so many dollars, or has no limit, waits for a person before it begins (default: no amount)',
      ),
    newDependency: z
      .boolean()
      .optional()
      .describe(
        'whether a change by a person or a command that adds a dependency waits too; those of models do by the review rules (default false)',
      ),
    changedChecks: z.boolean().optional().describe('likewise for a change to what checks it (default false)'),
    newHost: z
      .boolean()
      .optional()
      .describe(
        'whether a setup, check or command that misses a host which nobody granted waits for a person, who may let it reach that host for the rest of the workflow (default false: it fails with the line to add)',
      ),
    expiresH: z
      .number()
      .positive()
      .max(24 * 366)
      .optional()
      .describe(
        'hours until a request that nobody decided counts as denied, and until what was approved has to be used (default 24)',
      ),
    approver: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe(
        'whom requests are meant for; shown beside them, and the only one who may agree to what cannot be taken back',
      ),
  })
  .refine(({ deploys = [], approver }) => deploys.length === 0 || approver !== undefined, {
    path: ['approver'],
    error: 'deploys needs it: who alone agrees to what cannot be taken back',
  });
export type ApprovalPolicy = z.infer<typeof ApprovalPolicy>;

/** An {@link ApprovalPolicy} with everything said. */
export type ApprovalRules = {
  readonly plan: 'never' | 'models' | 'always';
  readonly protected: readonly string[];
  readonly deploys: readonly string[];
  readonly spendAboveUsd: number | null;
  readonly newDependency: boolean;
  readonly changedChecks: boolean;
  readonly newHost: boolean;
  readonly lifetimeMs: number;
  readonly approver: string | null;
};

const hourMs = 3_600_000;

/** What needs an approval under a policy: what is not said has its default. */
export const approvalRules = (policy?: ApprovalPolicy): ApprovalRules => ({
  plan: policy?.plan ?? 'never',
  protected: policy?.protected ?? [],
  deploys: policy?.deploys ?? [],
  spendAboveUsd: policy?.spendAboveUsd ?? null,
  newDependency: policy?.newDependency ?? false,
  changedChecks: policy?.changedChecks ?? false,
  newHost: policy?.newHost ?? false,
  lifetimeMs: (policy?.expiresH ?? 24) * hourMs,
  approver: policy?.approver ?? null,
});

/** Whether a branch is meant by a glob: `*` stands for anything within one part of its name, `**` for anything. */
export const isBranchLike = (branch: string, glob: string): boolean => {
  const source = glob
    .split(/(\*\*|\*)/)
    .map((part) => (part === '**' ? '.*' : part === '*' ? '[^/]*' : part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')))
    .join('');
  return new RegExp(`^${source}$`, 's').test(branch);
};
