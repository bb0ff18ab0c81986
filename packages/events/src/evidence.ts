import { z } from 'zod';
import { Author } from './author.ts';
import { Argv } from './command.ts';
import { Reached } from './egress.ts';
import { ArtefactHash, Id, Sha, Time } from './ids.ts';
import { codes } from '@hive/errors';

/** What held the commands; `none`: they ran as the user of Hive. */
export const SandboxKind = z.enum(['bwrap', 'podman', 'docker', 'srt', 'none']);
export type SandboxKind = z.infer<typeof SandboxKind>;

/** One run of one check: where, how it ended, how long it took in milliseconds, and its output as an artefact. */
export const EvidenceCommand = z.strictObject({
  name: z.string(),
  argv: Argv,
  on: z.enum(['base', 'base+tests', 'head']),
  exit: z.int().nullable(),
  ms: z.int().nonnegative(),
  infra: z.enum(codes).optional(),
  /** Hosts that it reached or wanted to, where any was granted. */
  egress: z.array(Reached).optional(),
  log: ArtefactHash,
});
export type EvidenceCommand = z.infer<typeof EvidenceCommand>;

/** A small mistake in a changed line that no check noticed. */
export const Survivor = z.strictObject({
  file: z.string(),
  line: z.int().positive(),
  /** What was done to the line, e.g. `turns == into !=`. */
  what: z.string().max(300),
});
export type Survivor = z.infer<typeof Survivor>;

/** What became of small mistakes in the changed lines, of which there are `made` and time was for `tried`. */
export const Mutants = z.strictObject({
  tried: z.int().nonnegative(),
  rejected: z.int().nonnegative(),
  /** Those of the changed lines, tried or not. */
  made: z.int().nonnegative().optional(),
  /** Did not even compile, which says nothing about the checks: not among `tried`. */
  broken: z.int().nonnegative().optional(),
  /** The first that no check noticed. */
  survivors: z.array(Survivor).max(20).optional(),
});
export type Mutants = z.infer<typeof Mutants>;

/** Who reviewed: `rules` are named as rules and never called a review. */
export const Reviewer = z.strictObject({
  agent: z.string(),
  kind: z.enum(['rules', 'model', 'human']),
  model: z.string().optional(),
});
export type Reviewer = z.infer<typeof Reviewer>;

/**
 * The check of several changes on top of each other, which went in together: on which tip they were put, the head that was checked with its tree,
 * and what ran there. `changes` are in the order of the branch, each with the tree of its merged commit; of those in between only the last was checked.
 */
export const Batch = z.strictObject({
  base: Sha,
  head: Sha,
  tree: Sha,
  commands: z.array(EvidenceCommand),
  changes: z.array(z.strictObject({ task: Id, tree: Sha })),
  checkedBy: z.strictObject({ agent: z.string(), host: z.string() }),
  sandbox: SandboxKind,
  at: Time,
});
export type Batch = z.infer<typeof Batch>;

/** The record that a merge carries: what was changed, what was run, red before, green after. */
export const Evidence = z.strictObject({
  base: Sha,
  head: Sha,
  tree: Sha,
  patch: ArtefactHash,
  author: Author,
  setup: z
    .strictObject({
      argv: Argv,
      lockfile: ArtefactHash.nullable(),
      cached: z.boolean(),
      egress: z.array(Reached).optional(),
      /** Install scripts and builds had no registry in reach: it was fetched before, with nothing executed. */
      scripts: z.literal('offline').optional(),
    })
    .optional(),
  commands: z.array(EvidenceCommand),
  redBefore: z.enum(['red', 'not_red', 'not_needed']),
  greenAfter: z.boolean(),
  /** Checks that ended differently when they ran again at the same place: they prove nothing. */
  flaky: z.array(z.string()).optional(),
  /** Found checks that were red on the base and therefore do not count. */
  dropped: z.array(z.string()).optional(),
  /** The test files of the change, which were laid over the base: how many, and the first of them. */
  tests: z.strictObject({ count: z.int().positive(), files: z.array(z.string()).max(20) }).optional(),
  checkedBy: z.strictObject({ agent: z.string(), host: z.string() }),
  reviewers: z.array(Reviewer).optional(),
  /** Who ran the checks once more before the merge, and came to the same. */
  secondOpinion: z.strictObject({ agent: z.string(), host: z.string(), agrees: z.literal(true) }).optional(),
  /** Present when the change went in with others: then base, head and tree above are those of its own proof, and its merged commit has another tree. */
  batch: Batch.optional(),
  mutants: Mutants.optional(),
  sandbox: SandboxKind,
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
