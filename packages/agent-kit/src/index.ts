export { defineAgent, type Agent, type Context, type Snooze, type StepHandler, type StepInHand } from './agent.ts';
export { askModel, type Answer, type Asking } from './ask.ts';
export { createLogger } from './logger.ts';
export { boxesOf, findModel, hasModelReviewer, type Role, type Wanted } from './models.ts';
export { checksOf, proveChange } from './prove-change.ts';
export { runAgent, startAgent, type Running } from './run-agent.ts';
export { workspaceOf } from './workspace-of.ts';
