export { patchText } from './patch-text.ts';
export { readPlan } from './read-plan.ts';
