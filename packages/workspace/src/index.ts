export { changeOf, type Change, type Submitted } from './door/change-of.ts';
export { checkPatch } from './door/check-patch.ts';
export { findChecks, findSetup } from './door/find-checks.ts';
export { matcherOf, outsideOf } from './door/outside-of.ts';
export { patchFiles } from './door/patch-files.ts';
export { assertHomeOutside, checkedOut, openRepo, resolveBase } from './door/repo.ts';
export { cleaned } from './command/output.ts';
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
export { chooseGarbage, type Belongings, type Choice, type Chosen, type Limits } from './disk/choose.ts';
export { clear } from './disk/clear.ts';
export { sizeOf, type Size } from './disk/size.ts';
export { assertRoom, lackOfRoom, readSpace, type ReadSpace, type Space } from './disk/space.ts';
export { removeStaleLocks } from './disk/stale-locks.ts';
export { takeStock, type Item, type Kind } from './disk/stock.ts';
export { discard, emptyTrash } from './disk/trash.ts';
export { type Files, type Lines } from './files/files.ts';
export { repositoryPath } from './files/repository-path.ts';
export { type Matches, type Search } from './files/search.ts';
export { tryLock } from './git/lock.ts';
export { mirrorName } from './git/mirror-name.ts';
export { survey, type Survey } from './survey.ts';
export { readTexts, writeTexts, type TextFile } from './texts.ts';
export { createWorkspace, type WorkspaceOptions } from './workspace.ts';
