export { changeOf, type Change, type Submitted } from './door/change-of.ts';
export { checkPatch } from './door/check-patch.ts';
export { findChecks, findNested, findSetup } from './door/find-checks.ts';
export { findLeftOut, type LeftOut } from './door/left-out.ts';
export { findTests, type FoundTests } from './door/find-tests.ts';
export { historyOf, type History, type PastCommit } from './door/history.ts';
export { matcherOf, outsideOf } from './door/outside-of.ts';
export { namesInHeader, patchFiles } from './door/patch-files.ts';
export { assertHomeOutside, assertWritable, branchesOf, checkedOut, openRepo, resolveBase } from './door/repo.ts';
export { cleaned } from './command/output.ts';
export { defaultLimits, type CommandLimits } from './command/limits/limits.ts';
export { splitCommand } from './door/split-command.ts';
export type {
  AgreedHosts,
  Artefacts,
  CommitMessage,
  Conflict,
  Delivery,
  Proof,
  ProofRequest,
  Repo,
  RunOptions,
  RunResult,
  SandboxState,
  TextAt,
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
export { evidenceDigest, evidenceText, evidenceTrailer } from './evidence-text.ts';
export { tryLock } from './git/lock.ts';
export { mirrorName } from './git/mirror-name.ts';
export { testFilesOf } from './proof/test-files.ts';
export { firstFailure } from './proof/first-failure.ts';
export { createSharedRuns, type SharedRuns } from './proof/shared-runs.ts';
export { openQuarantine, sweepQuarantines, type Quarantine } from './quarantine/open-quarantine.ts';
export { flushPacket, maxPayload, packet, readPackets } from './quarantine/pkt-line.ts';
export { readPushRequest, requestLimit, type PushCommand, type PushRequest } from './quarantine/push-request.ts';
export { pushedChange, type PushedChange } from './quarantine/pushed-change.ts';
export { advertise, receivePack } from './quarantine/receive-pack.ts';
export { addRemote, findRemote, type Remote } from './quarantine/remotes.ts';
export { isTestFile } from './proof/test-files.ts';
export { compareBatches, compareProofs } from './record/compare.ts';
export { againstGit } from './record/facts.ts';
export { deliveredPatch, patchIdOf, patchIds } from './record/patch-id.ts';
export { commitsWithTree, notedCommits, patchDigest, readMerged, type MergedCommit } from './record/read-record.ts';
export { survey, type Survey } from './survey.ts';
export { readTexts, writeTexts, type TextFile } from './texts.ts';
export { createWorkspace, type WorkspaceOptions } from './workspace.ts';
export { isPublic } from './egress/address.ts';
export { wantsAfter, wantsOf, type Wants } from './egress/wants.ts';
