export { changeOf, type Change, type Submitted } from './door/change-of.ts';
export { checkPatch } from './door/check-patch.ts';
export { findChecks, findSetup } from './door/find-checks.ts';
export { outsideOf } from './door/outside-of.ts';
export { patchFiles } from './door/patch-files.ts';
export { assertHomeOutside, checkedOut, openRepo, resolveBase } from './door/repo.ts';
export { splitCommand } from './door/split-command.ts';
export type {
  Artefacts,
  CommitMessage,
  Delivery,
  Proof,
  ProofRequest,
  Repo,
  RunOptions,
  RunResult,
  SandboxState,
  Workspace,
  Worktree,
} from './port.ts';
export { mirrorName } from './git/mirror-name.ts';
export { survey, type Survey } from './survey.ts';
export { readTexts, writeTexts, type TextFile } from './texts.ts';
export { createWorkspace, type WorkspaceOptions } from './workspace.ts';
