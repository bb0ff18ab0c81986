import type { Argv, Check, Evidence, Finding, Reached, SandboxKind, Setup } from '@hive/events';
import type { Code } from '@hive/errors';
import type { Files } from './files/files.ts';
import type { SharedRuns } from './proof/shared-runs.ts';

/** Bytes by content: `put` answers the SHA-256 in hex, also when they were there already. */
export type Artefacts = {
  put(bytes: Uint8Array | string): Promise<string>;
  get(hash: string): Promise<Uint8Array>;
};

/** A user's repository as it was found. `root` is the top of the working tree (or the bare folder). */
export type Repo = {
  readonly root: string;
  readonly gitDir: string;
  readonly head: string;
  readonly headRef: string | null;
};

/** A folder that belongs to one step, with its own checkout of `base`, outside of the user's repository. */
export type Worktree = {
  readonly dir: string;
  readonly base: string;
  readonly files: Files;
  /** Applies a patch (git diff format) to tree and index. Throws `patch.conflict` with the first rejected file, or `patch.malformed`. */
  apply(patch: Uint8Array): Promise<void>;
  /** Paths that differ from `base`, relative, sorted, both sides of a rename. Untracked files count, ignored ones do not. */
  changedPaths(): Promise<string[]>;
  /** Records all differences from `base` as one commit of Hive on top of `base`; null when there is none. Keeps it in the mirror under refs/hive/. */
  commit(message: CommitMessage): Promise<{ commit: string; tree: string; patch: Uint8Array } | null>;
  /** Runs one command in this worktree, in the sandbox, with the reduced environment. Never throws for a red exit. */
  run(argv: Argv, options: RunOptions): Promise<RunResult>;
  /** Runs one command as `run` does and takes back what it did to files that git does not ignore; `undone` names them. */
  tryOut(argv: Argv, options: RunOptions): Promise<RunResult & { readonly undone: readonly string[] }>;
  /** Puts the folder aside for a person to look at, under the id of its task; `hive df` lists it. Nothing is left to remove. */
  keep(taskId: string): Promise<void>;
  /** Removes folder and registration. May be called twice. */
  remove(): Promise<void>;
};

export type CommitMessage = {
  readonly subject: string;
  readonly body?: string;
  /** `Hive-Author`, `Hive-Task`, `Hive-Correlation-Id`. */
  readonly trailers: Readonly<Record<string, string>>;
};

export type RunOptions = {
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly network?: 'none' | 'open';
};

/** How a command ended. `infra` is set when it could not run or was stopped by the environment; then `exit` may be null. */
export type RunResult = {
  readonly exit: number | null;
  readonly ms: number;
  readonly infra?: Code;
  /** One sentence about an infra failure: what was missing, which PATH entries were withheld, which limit was met. */
  readonly reason?: string;
  /** Output of both streams, at most 10 MB, as an artefact. */
  readonly log: string;
  /** The last lines, cleaned of control characters, for people. */
  readonly tail: string;
  /** Hosts that it reached or wanted to; absent where nothing held it back from the network, as without a sandbox. */
  readonly egress?: readonly Reached[];
};

/** The sandbox that was found by running it: never assumed from what is installed. */
export type SandboxState = {
  readonly kind: SandboxKind;
  /** One sentence for `hive doctor`: works, or why not and the line that installs it. */
  readonly note: string;
  /** What holds a command to its limits here, in words for `hive doctor`. */
  readonly limits?: string;
};

/**
 * Hosts beyond those of hive.yaml that a person agreed to. Where this is given, commands that fail for want of others throw an error that {@link wantsOf}
 * reads, but for those that a person has refused.
 */
export type AgreedHosts = {
  readonly setup: readonly string[];
  readonly checks: readonly string[];
  readonly refused: readonly string[];
};

export type ProofRequest = {
  readonly repo: string;
  readonly base: string;
  readonly head: string;
  readonly author: string;
  readonly checks: readonly Check[];
  readonly setup: Setup | null;
  /** How the head is set up where that differs from the base, as after a change of the package manager. */
  readonly headSetup?: Setup | null;
  /** Globs of test files; without them the convention of the language. */
  readonly tests: readonly string[] | undefined;
  readonly redBefore: 'needed' | 'not_needed';
  /** `head`: only there, where what was red before is proven already; then every check counts as one that was given. */
  readonly places?: 'all' | 'head';
  /** How often every check runs at every place, each time in a fresh worktree (default 1). Answers that differ make it flaky. */
  readonly repeat?: number;
  /** How long small mistakes in the changed lines are tried once the proof holds, and the share that the checks have to reject. */
  readonly mutants?: { readonly budgetS: number; readonly atLeast: number };
  readonly timeoutMs: number;
  readonly passEnv: readonly string[];
  readonly agent: string;
  /** The task whose worktree at the head is kept for a look when a check is red there. */
  readonly keepRedAs?: string;
  readonly hosts?: AgreedHosts | undefined;
  /** For proofs of neighbouring commits: what one has checked the next need not. */
  readonly shared?: SharedRuns;
  readonly signal: AbortSignal;
};

/** A file of a commit: its size, and its text where it is not too long to be read. */
export type TextAt = { readonly bytes: number; readonly text: string | null };

/** Evidence and what follows from it: `code` null, `checks.red`, or one of `evidence.*`; findings hold the failing output. */
export type Proof = {
  readonly evidence: Evidence;
  readonly code: Code | null;
  readonly reason: string | null;
  readonly findings: readonly Finding[];
};

/** One file of a conflict: the parts that differ with all three sides, as git marks them; shortened where it is long. */
export type Conflict = { readonly file: string; readonly text: string };

export type Delivery = {
  /** The user's repository. */
  readonly repo: string;
  /** Full name below refs/heads/, e.g. `hive/fix-parser-0a1b2c3d`. */
  readonly branch: string;
  readonly from: string | null;
  readonly to: string;
  /** What this move is called in the mirror, part of a ref name: another intent has another name, a repetition the same. */
  readonly move: string;
  /** The commits that are new on the branch, up to `to`, each with the evidence that its note says. */
  readonly notes: readonly { readonly commit: string; readonly evidence: Evidence }[];
  readonly into: { readonly branch: string; readonly base: string } | null;
};

/** A move that was intended and shall not be made any more. */
export type MoveToGiveUp = Pick<Delivery, 'repo' | 'branch' | 'to' | 'move'>;

/**
 * Where the next change of `branch` goes on top of, when `into` is to be moved forward to it: `into` as it stands where it holds all that the branch (its
 * `base` where there is none yet) holds, else the branch itself. `lacks`: commits of the base that `into` holds neither as they are nor as equal
 * changes, newest first, at most 500. `merged` says which commits have become which others.
 */
export type Landing = (request: {
  readonly repo: string;
  readonly branch: string;
  readonly base: string;
  readonly into: string;
  readonly merged: readonly { readonly commit: string; readonly as: string }[];
}) => Promise<{ readonly onto: string; readonly lacks: readonly string[] }>;

/**
 * All that Hive does with repositories and commands. Nothing here touches a user's working tree, index, HEAD, config or hooks.
 * Failures are HiveErrors: `setup.failed`, `sandbox.missing`, `infra.disk`, `infra.git` …; a red check is a result.
 */
export type Workspace = {
  sandbox(): Promise<SandboxState>;
  /** A worktree at `base` of `repo`; set up (dependencies) when `setup` is given. `modelAuthored` demands a sandbox (else `sandbox.missing`). */
  open(request: {
    readonly repo: string;
    readonly base: string;
    readonly setup: Setup | null;
    readonly modelAuthored: boolean;
    readonly passEnv: readonly string[];
    readonly hosts?: AgreedHosts | undefined;
    readonly signal: AbortSignal;
  }): Promise<Worktree>;
  /** Runs every check on base, base + tests of the patch, and head, and says what that proves. Infra failures are thrown (remedy `retry`). */
  prove(request: ProofRequest): Promise<Proof>;
  /** Puts `commit` (based on another tip) on top of `onto`. Throws `patch.conflict`, whose details have `files` and the first `conflicts`. */
  rebase(request: {
    repo: string;
    commit: string;
    onto: string;
    signal: AbortSignal;
  }): Promise<{ commit: string; tree: string; patch: Uint8Array }>;
  /** The commit to merge for one that was proven: its tree and message on these parents, with the digest of the evidence as a trailer. The same for the same. */
  seal(request: { repo: string; commit: string; parents: readonly string[]; evidence: Evidence }): Promise<string>;
  /** Files of a commit by their paths; one that is not there, or is no plain file, is left out. Nothing is checked out. */
  readTexts(request: {
    readonly repo: string;
    readonly commit: string;
    readonly paths: readonly string[];
    readonly mostBytes: number;
  }): Promise<ReadonlyMap<string, TextAt>>;
  /** Where a branch of the mirror stands; null when it does not exist. */
  tip(repo: string, branch: string): Promise<string | null>;
  landing: Landing;
  /** Moves the mirror's branch by compare-and-swap, writes the note, hands the branch (and `into`) to the user's repository. Repeatable. Answers `moved`, a sentence why `into` was not moved, or null. */
  deliver(delivery: Delivery): Promise<{ into: string | null }>;
  /** From now on `deliver` of this move throws `lease.lost`, whoever still has it in hand. False: it was made before. Repeatable. */
  giveUp(move: MoveToGiveUp): Promise<boolean>;
  /** Ends every process group that a vanished agent left behind (recorded by incarnation) and removes its worktrees. */
  cleanUp(incarnation: string): Promise<void>;
};
