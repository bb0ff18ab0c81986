export { createDesk, type DeskOptions } from './create-desk.ts';
export { exitCodeOfError } from './exit-code.ts';
export type { Means, Wanted } from './means.ts';
export { createFiring, type Firing } from './fire-schedules.ts';
export { slugOf } from './slug.ts';
export { storedPatchesOf } from './stored-examples.ts';
