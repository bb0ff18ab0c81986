import { z } from 'zod';
import { ApprovalPolicy } from './approval-policy.ts';
import { MergePolicy } from './merge-policy.ts';
import { ProofPolicy } from './proof-policy.ts';
import { ReviewPolicy } from './review-policy.ts';

/** The rules that a workflow is worked under, as they were when it was accepted. What is not said has the default of whoever asks for it. */
export const Policy = z.strictObject({
  proof: ProofPolicy.optional().describe('how much a change has to be proven'),
  review: ReviewPolicy.optional().describe('what is done about what the rules find in a change'),
  merge: MergePolicy.optional().describe('how approved changes come onto their branch'),
  approvals: ApprovalPolicy.optional().describe('what a person has to agree to before it happens'),
});
export type Policy = z.infer<typeof Policy>;

/** The rules of one repository on top of the general ones, key by key within each section. */
export const policyOver = (general: Policy, own: Policy): Policy => ({
  ...general,
  ...own,
  ...(general.proof && own.proof && { proof: { ...general.proof, ...own.proof } }),
  ...(general.review &&
    own.review && {
      review: {
        ...general.review,
        ...own.review,
        ...(general.review.rules && own.review.rules && { rules: { ...general.review.rules, ...own.review.rules } }),
      },
    }),
  ...(general.merge && own.merge && { merge: { ...general.merge, ...own.merge } }),
  ...(general.approvals && own.approvals && { approvals: { ...general.approvals, ...own.approvals } }),
});
