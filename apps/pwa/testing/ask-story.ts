import type { ApprovalDocument, Evidence } from '@hive/events';

/** What a person is shown about a change that a model wants merged. */
export const askText = (about: {
  readonly taskId: string;
  readonly workflowId: string;
  readonly branch: string;
  readonly repo: string;
  readonly author: string;
  readonly title: string;
  readonly reason: string;
  readonly patch: string;
  readonly evidence: Evidence;
  /** The branch that is deployed from, into which it is to go: that cannot be taken back. */
  readonly deploys?: string;
}): { readonly text: string; readonly shown: ApprovalDocument } => {
  const { taskId, workflowId, branch, repo, author, title, reason, patch, evidence, deploys } = about;
  const shown: ApprovalDocument = {
    ...{ kind: 'merge', tier: deploys === undefined ? 'T1' : 'T3', taskId, workflowId, repo, branch, author, patch },
    into: deploys ?? null,
    action: `Merge "${title}" by ${author} into ${branch}`,
    because: [
      { by: 'model', rule: 'escalation', text: reason },
      { by: 'policy', rule: 'protected', text: `${branch} is protected by policies.approvals` },
    ],
    base: evidence.base,
    commit: evidence.head,
    files: [{ path: 'src/parse.js', added: 2, removed: 14 }],
    commands: evidence.commands
      .filter(({ on }) => on === 'head')
      .map(({ argv }) => ({ what: 'check' as const, argv: [...argv] })),
    proof: { redBefore: evidence.redBefore, greenAfter: evidence.greenAfter, sandbox: evidence.sandbox },
    ...{ budget: null, plan: null, tasks: [] },
  };
  return { text: JSON.stringify(shown), shown };
};
