import { z } from 'zod';

/** How much a change has to be proven. */
export const ProofPolicy = z.strictObject({
  repeat: z
    .int()
    .min(1)
    .max(20)
    .optional()
    .describe('how often every check runs with and without the change; answers that differ make it flaky (default 1)'),
  secondOpinion: z
    .enum(['never', 'models', 'always'])
    .optional()
    .describe('whose changes another worker checks once more before the merge (default models)'),
  otherHost: z
    .enum(['prefer', 'require'])
    .optional()
    .describe(
      'whether a second opinion has to come from another machine than the one that checked the change first, or only where one is there (default prefer)',
    ),
  mutants: z
    .strictObject({
      budgetS: z
        .int()
        .min(0)
        .max(3600)
        .optional()
        .describe(
          'seconds for trying small mistakes in the changed lines; 0 tries none (default 0, and 60 where a share is asked for)',
        ),
      atLeast: z
        .number()
        .min(0)
        .max(1)
        .optional()
        .describe('share of them that the checks have to reject; 0 asks for none (default 0)'),
    })
    .refine(
      (it) => !(it.budgetS === 0 && (it.atLeast ?? 0) > 0),
      'a share can only be asked for where budgetS gives time',
    )
    .optional()
    .describe('small mistakes that are made in the changed lines to see whether the checks notice'),
});
export type ProofPolicy = z.infer<typeof ProofPolicy>;

/** A {@link ProofPolicy} with everything said. */
export type ProofRules = {
  readonly repeat: number;
  readonly secondOpinion: 'never' | 'models' | 'always';
  readonly otherHost: 'prefer' | 'require';
  readonly mutants: { readonly budgetS: number; readonly atLeast: number };
};

/** What holds for a proof under a policy: what is not said has its default. */
export const proofRules = (policy?: ProofPolicy): ProofRules => ({
  repeat: policy?.repeat ?? 1,
  secondOpinion: policy?.secondOpinion ?? 'models',
  otherHost: policy?.otherHost ?? 'prefer',
  mutants: mutantRules(policy?.mutants),
});

const mutantRules = ({ budgetS, atLeast = 0 }: ProofPolicy['mutants'] & {} = {}): ProofRules['mutants'] => ({
  budgetS: budgetS ?? (atLeast > 0 ? 60 : 0),
  atLeast,
});
