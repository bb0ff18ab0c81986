import type { InvariantReport } from '../port.ts';
import { createOffenders, type Offenders, type Snapshot } from './check.ts';
import {
  approvedBefore,
  causesHold,
  chargedOnce,
  cursorsWithinLog,
  mergedOnce,
  summariesMatch,
  withinCaps,
} from './log-checks.ts';
import { walkStreams, type WalkFindings } from './stream-walk.ts';

type Invariant = {
  readonly number: number;
  readonly name: string;
  /** Checked by the walk over all streams, by statements of its own, or by both. */
  readonly walked?: keyof WalkFindings;
  readonly check?: (snapshot: Snapshot, offenders: Offenders) => Promise<void>;
  readonly note?: string;
};

/** ARCHITECTURE section 7, in its order. Those with neither check need a harness. */
const invariants: readonly Invariant[] = [
  { number: 1, name: 'every accepted task exists for ever', walked: 1 },
  {
    number: 2,
    name: 'every task reaches a terminal state once faults stop',
    note: 'needs an end of faults; shown by tests',
  },
  { number: 3, name: 'at most one effect per task, step and effect', walked: 3, check: mergedOnce },
  { number: 4, name: 'one lease holder, tokens strictly grow', walked: 4 },
  { number: 5, name: 'only transitions of the table', walked: 5 },
  { number: 6, name: 'attempts and rescues within their caps, backoff kept', walked: 6, check: withinCaps },
  {
    number: 7,
    name: 'cursors within the log, no event skipped',
    check: cursorsWithinLog,
    note: 'that nothing is skipped is shown by tests',
  },
  { number: 8, name: 'stream versions dense and in log order', walked: 8 },
  { number: 9, name: 'each trace has one root, no cycle, no orphan', check: causesHold },
  { number: 10, name: 'projections equal the fold of the events', walked: 10, check: summariesMatch },
  {
    number: 11,
    name: "yesterday's traces replay alike under today's code",
    note: 'needs stored traces; shown by tests',
  },
  { number: 12, name: 'each model call is charged once', check: chargedOnce, note: 'budgets are not compared' },
  {
    number: 13,
    name: 'order within a stream, no starvation',
    note: 'order is invariant 8; starvation needs a harness',
  },
  { number: 14, name: 'no gated effect without an earlier approval by someone else', check: approvedBefore },
  { number: 15, name: 'the audit chain detects any edited or removed event', note: 'the log keeps no chain' },
  { number: 16, name: 'no secret in events, logs or prompts', note: 'needs planted secrets; shown by tests' },
  {
    number: 17,
    name: 'no process, worktree, connection or port left behind',
    note: 'needs a stopped Hive; shown by tests',
  },
];

/** Checks all that one moment of the store can tell. */
export const verifySnapshot = async (snapshot: Snapshot): Promise<readonly InvariantReport[]> => {
  const start = performance.now();
  const walked = await walkStreams(snapshot);
  const walkMs = performance.now() - start;
  const reports: InvariantReport[] = [];
  for (const { number, name, walked: part, check, note } of invariants) {
    const begun = performance.now();
    const offenders = part ? walked[part] : createOffenders();
    await check?.(snapshot, offenders);
    // One walk serves several invariants; each says how long it took.
    const ms = Math.round(performance.now() - begun + (part ? walkMs : 0));
    const status = !part && !check ? 'not checkable here' : offenders.all.length > 0 ? 'broken' : 'holds';
    reports.push({ number, name, status, offenders: offenders.all, ms, ...(note !== undefined && { note }) });
  }
  return reports;
};
