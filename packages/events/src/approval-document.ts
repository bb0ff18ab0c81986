import { z } from 'zod';
import { ApprovalKind, ApprovalTier } from './approval.ts';
import { Argv } from './command.ts';
import { Evidence } from './evidence.ts';
import { ArtefactHash, Id, Sha } from './ids.ts';

/** Why a person is asked. Only `platform` and `policy` are Hive's own words; the others are quoted, and may be a model's. */
const Because = z.strictObject({
  by: z.enum(['platform', 'policy', 'rules', 'model', 'author']),
  rule: z.string(),
  text: z.string().max(4000),
});

/** What would be sent where. What is agreed to covers later calls of the same task to the same place, of such files, each of up to `mostBytes`. */
const Egress = z.strictObject({
  role: z.enum(['planner', 'worker', 'reviewer']),
  model: z.string().max(500),
  destination: z.string().max(500).describe('host and port, or the program that is started'),
  bytes: z.int().nonnegative().describe('of the texts of the first request'),
  mostBytes: z.int().positive(),
  rules: z
    .array(
      z.strictObject({
        rule: z.string().max(600).describe('the rule of hive.yaml that asks'),
        paths: z
          .array(z.string().max(500))
          .max(100)
          .describe('files of the first request that it is about; the first 100'),
        files: z.int().nonnegative().describe('how many there are'),
      }),
    )
    .min(1),
});

/** Hosts that commands would reach, as a grant in hive.yaml names them. What is agreed to holds for the rest of the workflow. */
const Reach = z.strictObject({ by: z.enum(['setup', 'checks']), hosts: z.array(z.string().max(300)).min(1).max(100) });

/**
 * Exactly what a person is shown before they decide, and what their decision is bound to: its canonical JSON is an artefact whose address is the
 * `actionHash`. `action` says what will happen, in Hive's own words.
 */
export const ApprovalDocument = z.strictObject({
  kind: ApprovalKind,
  tier: ApprovalTier,
  action: z.string(),
  because: z.array(Because),
  workflowId: Id,
  taskId: Id.nullable(),
  repo: z.string(),
  branch: z.string(),
  into: z.string().nullable(),
  author: z.string().nullable(),
  base: Sha.nullable(),
  commit: Sha.nullable(),
  patch: ArtefactHash.nullable(),
  files: z
    .array(z.strictObject({ path: z.string(), added: z.int().nullable(), removed: z.int().nullable() }))
    .nullable()
    .describe('null where there is no patch; figures are null for binary files'),
  commands: z.array(z.strictObject({ what: z.enum(['setup', 'check', 'run']), argv: Argv })),
  proof: Evidence.pick({ redBefore: true, greenAfter: true, sandbox: true }).nullable(),
  budget: z.strictObject({ usd: z.number().optional(), tokens: z.int().optional() }).nullable(),
  plan: ArtefactHash.nullable(),
  tasks: z.array(z.strictObject({ key: z.string(), title: z.string(), author: z.string().nullable() })),
  egress: Egress.optional(),
  reach: Reach.optional(),
});
export type ApprovalDocument = z.infer<typeof ApprovalDocument>;
