import { z } from 'zod';
import { Author } from './author.ts';
import { Argv } from './command.ts';
import { ArtefactHash, Sha, Time } from './ids.ts';
import { codes } from '@hive/errors';

/** One run of one check: where, how it ended, how long it took in milliseconds, and its output as an artefact. */
export const EvidenceCommand = z.strictObject({
  name: z.string(),
  argv: Argv,
  on: z.enum(['base', 'base+tests', 'head']),
  exit: z.int().nullable(),
  ms: z.int().nonnegative(),
  infra: z.enum(codes).optional(),
  log: ArtefactHash,
});
export type EvidenceCommand = z.infer<typeof EvidenceCommand>;

/** Who reviewed: `rules` are named as rules and never called a review. */
export const Reviewer = z.strictObject({
  agent: z.string(),
  kind: z.enum(['rules', 'model', 'human']),
  model: z.string().optional(),
});
export type Reviewer = z.infer<typeof Reviewer>;

/** The record that a merge carries: what was changed, what was run, red before, green after. */
export const Evidence = z.strictObject({
  base: Sha,
  head: Sha,
  tree: Sha,
  patch: ArtefactHash,
  author: Author,
  setup: z.strictObject({ argv: Argv, lockfile: ArtefactHash.nullable(), cached: z.boolean() }).optional(),
  commands: z.array(EvidenceCommand),
  redBefore: z.enum(['red', 'not_red', 'not_needed']),
  greenAfter: z.boolean(),
  flaky: z.array(z.string()).optional(),
  /** Found checks that were red on the base and therefore do not count. */
  dropped: z.array(z.string()).optional(),
  checkedBy: z.strictObject({ agent: z.string(), host: z.string() }),
  reviewers: z.array(Reviewer).optional(),
  mutants: z.strictObject({ tried: z.int(), rejected: z.int() }).optional(),
  sandbox: z.enum(['bwrap', 'none']),
  at: Time,
});
export type Evidence = z.infer<typeof Evidence>;

/** Something that speaks against a change: from a rule, a check's output or a reviewer. */
export const Finding = z.strictObject({
  rule: z.string(),
  message: z.string().max(4000),
  file: z.string().optional(),
  line: z.int().optional(),
  severity: z.enum(['info', 'warning', 'error']).optional(),
});
export type Finding = z.infer<typeof Finding>;
