export { awayMs, backoffMs } from './backoff.ts';
export { createBus, type Bus, type Command } from './bus.ts';
export { createHoldings, holdingsTurnstile, type Holdings, type HoldingsRead } from './holdings.ts';
export type { Heard } from './heard.ts';
export { compose, type Composed, type Stamp } from './compose.ts';
export type { Follow } from './follow.ts';
export { derivedId, newId } from './ids.ts';
export {
  chargeOf,
  createLedger,
  dayOf,
  shareOf,
  type Account,
  type Ledger,
  type LedgerOptions,
  type Scope,
} from './ledger.ts';
export { turnstile } from './limits.ts';
export { maxRescues, streamOfStep, type NewStep } from './new-step.ts';
export {
  createQueue,
  type Claim,
  type Failure,
  type NoteTerms,
  type Outcome,
  type Provided,
  type Queue,
} from './queue.ts';
export { alignPaused, createPauseWatch, readAllPauses, readPauses, type PauseWatch } from './pausing.ts';
export { assertTiming, dueTicks, lastTicks, nextTick, type Due } from './ticks.ts';
export { machine, repeatEvery, rest, type Surroundings } from './surroundings.ts';
export { wakeSteps } from './wake.ts';
export { record, type Intent, type Move, type Recorded } from './record.ts';
