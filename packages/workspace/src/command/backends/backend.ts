import type { SandboxKind } from '@hive/events';
import type { Exit } from '../../egress/inside.ts';
import type { Owner } from '../../git/git.ts';
import type { Env } from '../environment.ts';
import type { CommandLimits } from '../limits/limits.ts';

/** A place inside of which one command runs. */
export type Cell = {
  readonly worktree: string;
  /** Folders that may be written beside the worktree (a setup's home). */
  readonly writable?: readonly string[];
  readonly readOnly?: readonly string[];
  readonly network: 'none' | 'open';
  /** Hosts that were granted, where `network` is `open` and the sandbox can tell hosts apart by itself. */
  readonly hosts?: readonly string[];
  /** The way out to hosts that were granted; needs `network: 'none'`. */
  readonly exit?: Exit;
  readonly limits: CommandLimits;
  readonly env: Readonly<Record<string, string>>;
};

/** How a program is started. */
export type Wrapped = {
  readonly file: string;
  readonly args: readonly string[];
  /** Files that are open for it as 3, 4, … */
  readonly open?: readonly string[];
  /** Its own environment, where that is not the command's. */
  readonly env?: Readonly<Record<string, string>>;
  /** To be called when it has ended, in every case: removes what would stay, and tells how many processes were killed for lack of memory. */
  readonly after?: () => Promise<{ readonly killed: number }>;
};

/** The program that runs `argv` in the cell. */
export type Wrap = (argv: readonly string[], cell: Cell) => Wrapped;

/** What is known when a way of running commands is looked for. */
export type BackendRequest = {
  readonly home: string;
  /** The user's own PATH. */
  readonly path: readonly string[];
  readonly userHome: string | undefined;
  /** The user that commands run as, when Hive is root. */
  readonly owner: Owner | undefined;
  /** The environment of Hive. */
  readonly env: Env;
  readonly incarnation: string;
  /** What commands find in a container. */
  readonly image: string | null;
};

/** A way of running commands that was found to work. */
export type Backend = {
  readonly kind: SandboxKind;
  readonly note: string;
  /** Whether the kernel counts processes of a place by themselves, and so can hold them. */
  readonly countsProcesses: boolean;
  /** Whether it keeps the limits of a command by itself, all but those of the worktree and of time. */
  readonly holdsLimits: boolean;
  /** Whether programs are looked for inside: those of the machine are not there. */
  readonly hasOwnPrograms: boolean;
  /** HOME and TMPDIR as a command sees them; null when they are the caller's own folders. */
  readonly inside: { readonly home: string; readonly tmp: string } | null;
  readonly wrap: Wrap;
  /** Ends what a vanished incarnation left running, where that is not found among the processes of this machine. */
  readonly cleanUp?: (incarnation: string) => Promise<void>;
};
