import { z } from 'zod';

/** How approved changes come onto their branch. */
export const MergePolicy = z.strictObject({
  strategy: z
    .enum(['rebase', 'merge'])
    .optional()
    .describe(
      'how a change comes onto its branch: as a commit on top (rebase), or as a merge of the author’s commit (merge); both are checked again where the base has moved (default rebase)',
    ),
  batch: z
    .int()
    .min(1)
    .max(32)
    .optional()
    .describe('approved changes that are checked together and go in together; 1 checks each by itself (default 8)'),
});
export type MergePolicy = z.infer<typeof MergePolicy>;

/** A {@link MergePolicy} with everything said. */
export type MergeRules = { readonly strategy: 'rebase' | 'merge'; readonly batch: number };

/** What holds for merges under a policy: what is not said has its default. */
export const mergeRules = (policy?: MergePolicy): MergeRules => ({
  strategy: policy?.strategy ?? 'rebase',
  batch: policy?.batch ?? 8,
});
