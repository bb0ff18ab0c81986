import type { InvariantReport } from '../port.ts';
import { approvedBefore, askedIsUsed } from './approvals.ts';
import { artefactsWhole } from './artefacts.ts';
import { auditHolds } from './audit-chain.ts';
import { causesHold } from './causes.ts';
import { createOffenders, type Check, type Offenders, type Snapshot } from './check.ts';
import { backoffKept, nobodyStarves, tokensGrow, withinCaps } from './claims.ts';
import { acceptedTasksExist, budgetsHold, chargedOnce, effectsOnce, mergesTold } from './effects.ts';
import { evidenceGiven } from './evidence.ts';
import { cursorsWithinLog, nothingFromTheFuture, versionsDense } from './log-order.ts';
import { openStepsQueued } from './open-steps.ts';
import { headsMatch, tracesMatch } from './projections.ts';
import { logProtected } from './protection.ts';
import { taskTransitions, workflowTransitions } from './transitions.ts';

type Invariant = {
  readonly number: number;
  readonly name: string;
  /** None: it needs a harness. */
  readonly checks: readonly Check[];
  readonly note?: string;
};

/** ARCHITECTURE section 7, in its order. */
const invariants: readonly Invariant[] = [
  { number: 1, name: 'every accepted task exists for ever', checks: [acceptedTasksExist, artefactsWhole] },
  {
    number: 2,
    name: 'every task reaches a terminal state once faults stop',
    checks: [],
    note: 'needs an end of faults; shown by tests',
  },
  {
    number: 3,
    name: 'at most one effect per task, step and effect, with intent, outcome and evidence',
    checks: [effectsOnce, mergesTold, evidenceGiven],
  },
  { number: 4, name: 'one lease holder, tokens strictly grow', checks: [tokensGrow] },
  { number: 5, name: 'only transitions of the table', checks: [taskTransitions, workflowTransitions] },
  { number: 6, name: 'attempts and rescues within their caps, backoff kept', checks: [withinCaps, backoffKept] },
  {
    number: 7,
    name: 'cursors within the log, no event skipped',
    checks: [cursorsWithinLog, nothingFromTheFuture],
    note: 'that nothing is skipped is shown by tests',
  },
  { number: 8, name: 'stream versions dense and in log order', checks: [versionsDense] },
  { number: 9, name: 'each trace has one root, no cycle, no orphan', checks: [causesHold] },
  { number: 10, name: 'projections equal the fold of the events', checks: [tracesMatch, headsMatch, openStepsQueued] },
  {
    number: 11,
    name: "yesterday's traces replay alike under today's code",
    checks: [],
    note: 'needs stored traces; shown by tests',
  },
  {
    number: 12,
    name: 'each model call is charged once, and none begun after its budget was used up',
    checks: [chargedOnce, budgetsHold],
    note: 'budgets of days are shown by tests',
  },
  {
    number: 13,
    name: 'order within a stream, no starvation',
    checks: [nobodyStarves],
    note: 'order is invariant 8',
  },
  {
    number: 14,
    name: 'no gated effect without an earlier approval by someone else',
    checks: [approvedBefore, askedIsUsed],
  },
  { number: 15, name: 'the audit chain detects any edited or removed event', checks: [logProtected, auditHolds] },
  {
    number: 16,
    name: 'no secret in events, logs or prompts',
    checks: [],
    note: 'needs planted secrets; shown by tests',
  },
  {
    number: 17,
    name: 'no process, worktree, connection or port left behind',
    checks: [],
    note: 'needs a stopped Hive; shown by tests',
  },
];

/** The report of a store that cannot be asked in SQL. */
export const reportNothing = (note: string): readonly InvariantReport[] =>
  invariants.map(({ number, name }) => ({ number, name, status: 'not checkable here', offenders: [], ms: 0, note }));

/** Checks all that one moment of the store can tell, one invariant after the other. */
export const verifySnapshot = async (snapshot: Snapshot): Promise<readonly InvariantReport[]> => {
  const garbled = await unreadable(snapshot);
  const reports: InvariantReport[] = [];
  for (const invariant of invariants) reports.push(await report(invariant, snapshot, garbled));
  return reports;
};

const report = async (
  { number, name, checks, note }: Invariant,
  snapshot: Snapshot,
  garbled: readonly string[],
): Promise<InvariantReport> => {
  const begun = performance.now();
  const offenders = createOffenders();
  const notes = note === undefined ? [] : [note];
  let isChecked = checks.length > 0;
  for (const check of checks) {
    const said = await perform(check, snapshot, offenders, garbled);
    if (said?.note !== undefined) notes.push(said.note);
    if (said?.cannot) isChecked = false;
  }
  const status = offenders.all.length > 0 ? 'broken' : isChecked ? 'holds' : 'not checkable here';
  const ms = Math.round(performance.now() - begun);
  return { number, name, status, offenders: offenders.all, ms, ...(notes.length > 0 && { note: notes.join('; ') }) };
};

/** A statement that looks into payloads fails where somebody wrote one by hand that is no JSON. That is a finding and no failure. */
const perform = async (check: Check, snapshot: Snapshot, offenders: Offenders, garbled: readonly string[]) => {
  try {
    return await check(snapshot, offenders);
  } catch (error) {
    if (garbled.length === 0) throw error;
    for (const id of garbled) offenders.add(`event ${id}: its payload is no JSON, so this cannot be checked`);
  }
};

/** Events whose payload is no JSON. PostgreSQL's type allows none. */
const unreadable = async ({ read, on }: Snapshot): Promise<readonly string[]> =>
  on.name === 'postgres'
    ? []
    : (await read('select id from event where not json_valid(data) limit 5')).map((row) => row['id'] as string);
