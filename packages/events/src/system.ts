import { z } from 'zod';
import { Id } from './ids.ts';
import { Step } from './steps.ts';
import { topic } from './topic.ts';

const By = z.string().max(200).optional();

const OfBudget = {
  workflowId: Id.nullable(),
  of: z.string().max(200).optional().describe('`workflow`, a day, or a model on a day'),
};

/** Limits on tokens and money. */
export const budget = topic('budget', {
  /** 80 % of it are spent; told once. */
  warned: z.strictObject({ ...OfBudget, spent: z.string(), limit: z.string() }),
  /** No further call is begun. */
  exhausted: z.strictObject({ ...OfBudget, spent: z.string(), limit: z.string() }),
});

/** Machines that serve models. */
export const box = topic('box', {
  online: z.strictObject({ name: z.string(), endpoint: z.string(), models: z.array(z.string()) }),
  offline: z.strictObject({ name: z.string(), reason: z.string() }),
  /** What its calls have shown changes how many are sent to it at once; only of a box for which hive.yaml says nothing. */
  parallel_changed: z.strictObject({
    name: z.string(),
    from: z.int().positive(),
    to: z.int().positive(),
    because: z.string().max(1000),
  }),
  /** How a model there did with tools; holds for these weights (`digest`) until somebody learns otherwise. Told by a worker, or by a trial. */
  tools_learnt: z.strictObject({
    name: z.string(),
    model: z.string().max(300),
    digest: z.string().max(200),
    calls: z.boolean().describe('false: it only talks, and is asked for a whole change at once'),
    because: z.string().max(1000),
    taskId: Id.optional().describe('whose author has found it out'),
    by: By,
  }),
  /** Its owner wants it until then; a moment that is over gives it back. */
  quieted: z.strictObject({ name: z.string(), until: z.string(), by: By }),
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
    steps: z.array(Step).optional().describe('the kinds of steps that it takes; absent: told by an older Hive'),
    version: z.string(),
  }),
  /**
   * A person takes an agent out by its name, whichever process has it: it begins no step until it is resumed. What it holds may end; with
   * `drain` it gets a moment, and is then handed back for others. Told in the stream of the system, since the name outlives each process.
   */
  paused: z.strictObject({
    agent: z.string().max(200),
    drain: z.literal(true).optional(),
    reason: z.string().max(1000).optional(),
    by: By,
  }),
  /** The agent takes steps again. */
  resumed: z.strictObject({ agent: z.string().max(200), by: By }),
  draining: z.strictObject({ agent: z.string(), incarnation: Id }),
  offline: z.strictObject({ agent: z.string(), incarnation: Id, reason: z.string() }),
});

/** The building itself. */
export const system = topic('system', {
  started: z.strictObject({ version: z.string(), pid: z.int(), host: z.string() }),
  /** The stop button: no step is begun, of one kind or (without `kind`) of any, until it is resumed. `by` is who says to have asked. */
  paused: z.strictObject({ kind: Step.optional(), reason: z.string().max(1000).optional(), by: By }),
  /** Lifts the pause of one kind; without `kind`, every pause of the system. */
  resumed: z.strictObject({ kind: Step.optional(), by: By }),
  /** The subscription handles an event once more that it had given up. */
  redriven: z.strictObject({ subscription: z.string(), eventId: Id, by: By }),
  /** A person gave up on an event that a subscription could not handle. */
  discarded: z.strictObject({ subscription: z.string(), eventId: Id, by: By }),
  alert_raised: z.strictObject({ alert: z.string(), message: z.string() }),
  alert_resolved: z.strictObject({ alert: z.string() }),
  /** A person has seen an alert that stands; it is listed as seen until it is resolved, and holds for this raising alone. */
  alert_acknowledged: z.strictObject({ alert: z.string(), reason: z.string().max(1000).optional(), by: By }),
  config_changed: z.strictObject({ hash: z.string() }),
  /** Something left this machine to tell a person: to a browser's push service, a webhook or ntfy. `about` is the event that it told of; absent: a try. */
  told: z.strictObject({
    by: z.enum(['push', 'webhook', 'ntfy']),
    host: z.string().max(300),
    bytes: z.int(),
    about: Id.optional(),
  }),
  /** The first `count` events of the log, up to `eventId`, have this hash; the signed checkpoint is in a file outside of the database. */
  checkpointed: z.strictObject({
    position: z.int(),
    eventId: Id,
    count: z.int(),
    hash: z.string(),
    key: z.string().describe('the first half of the SHA-256 of the public key'),
    signature: z.string(),
  }),
});
