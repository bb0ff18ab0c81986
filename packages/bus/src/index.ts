export { backoffMs } from './backoff.ts';
export { createBus, type Bus, type Command } from './bus.ts';
export type { Heard } from './heard.ts';
export { compose, type Composed, type Stamp } from './compose.ts';
export type { Follow } from './follow.ts';
export { derivedId, newId } from './ids.ts';
export { maxRescues, streamOfStep, type NewStep } from './new-step.ts';
export { createQueue, type Claim, type Failure, type Outcome, type Queue } from './queue.ts';
export { record, type Intent, type Move, type Recorded } from './record.ts';
