import { z } from 'zod';
import { Id } from './ids.ts';
import { topic } from './topic.ts';

/** Limits on tokens and money. */
export const budget = topic('budget', {
  warned: z.strictObject({ workflowId: Id.nullable(), spent: z.string(), limit: z.string() }),
  exhausted: z.strictObject({ workflowId: Id.nullable(), spent: z.string(), limit: z.string() }),
});

/** Machines that serve models. */
export const box = topic('box', {
  online: z.strictObject({ name: z.string(), endpoint: z.string(), models: z.array(z.string()) }),
  offline: z.strictObject({ name: z.string(), reason: z.string() }),
  quieted: z.strictObject({ name: z.string(), until: z.string() }),
});

/** Processes that take steps or follow the log. One stream per agent, one root per incarnation. */
export const agent = topic('agent', {
  registered: z.strictObject({
    agent: z.string(),
    role: z.string(),
    incarnation: Id,
    host: z.string(),
    pid: z.int(),
    capabilities: z.array(z.string()),
    version: z.string(),
  }),
  draining: z.strictObject({ agent: z.string(), incarnation: Id }),
  offline: z.strictObject({ agent: z.string(), incarnation: Id, reason: z.string() }),
});

/** The building itself. */
export const system = topic('system', {
  started: z.strictObject({ version: z.string(), pid: z.int(), host: z.string() }),
  paused: z.strictObject({ reason: z.string().optional() }),
  resumed: z.strictObject({}),
  alert_raised: z.strictObject({ alert: z.string(), message: z.string() }),
  alert_resolved: z.strictObject({ alert: z.string() }),
  config_changed: z.strictObject({ hash: z.string() }),
  checkpointed: z.strictObject({ position: z.int(), hash: z.string() }),
});
