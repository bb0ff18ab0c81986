export {
  origin,
  type AgentRow,
  type Claimed,
  type ClaimQuery,
  type Cursor,
  type EventPage,
  type EventQuery,
  type EventRow,
  type Head,
  type HeadWrite,
  type HeadState,
  type Horizon,
  type InvariantReport,
  type LimitCount,
  type LoggedEvent,
  type Start,
  type StepChange,
  type StepCount,
  type StepRow,
  type StepState,
  type Store,
  type StoredEvent,
  type TraceRow,
  type Write,
  type WriteResult,
} from './port.ts';
export { anyRing, logRing, maskOf, pauseRing, type RingMask } from './ring-mask.ts';
export { anyoneBut, meets, onHost } from './demands.ts';
export { createArtefacts, type Artefacts } from './artefacts.ts';
export { canonicalJson } from './canonical-json.ts';
export { createReferences, type References } from './references.ts';
export { listArtefacts, recoverArtefacts, removeArtefact, type StoredArtefact } from './sweep-artefacts.ts';
export { openStore, type OpenOptions } from './open-store.ts';
export { boundedMs } from './checked-store.ts';
export { claimHome } from './claim-home.ts';
export { auditFiles, type AuditFiles } from './audit/audit-files.ts';
export { evidenceKeyFiles, openEvidenceKey } from './audit/evidence-key.ts';
export type { SignedCheckpoint } from './audit/checkpoint.ts';
export { readTrail, type AuditTrail } from './audit/read-trail.ts';
export { createSealer, type Sealer, type SealerOptions } from './audit/sealer.ts';
export { backupStore, type BackupSummary } from './backup/backup.ts';
export { restoreStore, type RestoreOptions, type RestoreSummary } from './backup/restore.ts';
export { upgradeSentence, type Upgrade } from './upgrade/keep-store.ts';
export { rebuildProjections, type RebuildReport } from './rebuild/rebuild.ts';
export { siblingDatabase } from './postgres/sibling-database.ts';
