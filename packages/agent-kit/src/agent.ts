import type { Bus, Move, NoteTerms } from '@hive/bus';
import type { HiveConfig } from '@hive/config';
import type { LoggedEvent } from '@hive/core-db';
import type { NewEvent, Step, TaskView, WorkflowView } from '@hive/events';
import type { Places, Pool } from '@hive/ollama-bridge';
import type { Artefacts } from '@hive/workspace';
import type { Logger } from 'pino';

/** What every handler gets: the process's own things. */
export type Context = {
  readonly config: HiveConfig;
  readonly bus: Bus;
  readonly artefacts: Artefacts;
  readonly log: Logger;
  /** The agent's name, e.g. `worker-1`; its role is the name in `defineAgent`. */
  readonly agent: string;
  readonly incarnation: string;
  readonly host: string;
  /** The boxes that serve models. Nobody is asked before its first use. */
  readonly pool: Pool;
};

/** A step in hand: what it is about, and how to write under its claim. */
export type StepInHand = {
  readonly kind: Step;
  readonly workflow: WorkflowView;
  /** null for the step `plan`. */
  readonly task: TaskView | null;
  /** To be spread into the data of every event that is written for this step. */
  readonly mark: { readonly step: Step; readonly attempt: number; readonly token: number };
  /** Aborted when the claim is lost, the task ends, the step's deadline passes, or the process drains. */
  readonly signal: AbortSignal;
  /** Where all processes tell which calls they have on which box; what is told here goes with the claim. */
  readonly places: Places;
  /** Moves the step's deadline: it takes so many milliseconds more than its own task tells, say for the commands of others under the same claim. */
  takes(ms: number): void;
  /**
   * Records events in the middle of the work. Throws `lease.lost` when a newer claim exists: then stop and leave no effect. Throws
   * `version.conflict` when its terms do not hold (any more).
   */
  note(events: readonly NewEvent[], terms?: NoteTerms): Promise<void>;
};

/** Asks for the step to be taken up again later; costs no attempt. */
export type Snooze = { readonly snoozeMs: number; readonly reason: string };

/** Takes a step and answers the events that end it. Runs outside of any transaction, and perhaps more than once. */
export type StepHandler<S> = (
  step: StepInHand,
  ctx: Context & { readonly own: S },
) => Promise<readonly NewEvent[] | Snooze>;

/** What an agent is: a name and what it reacts to. Everything else is the kit's. */
export type Agent<S = unknown> = {
  /** The role: `worker`, `reviewer`, … */
  readonly name: string;
  /** How many steps it works on at once. */
  readonly concurrency?: number;
  /** What its steps may ask for; default nothing. */
  readonly capabilities?: (config: HiveConfig) => readonly string[];
  /** Makes what its handlers share, once per process. */
  readonly open?: (ctx: Context) => Promise<S>;
  readonly steps?: Partial<Record<Step, StepHandler<S>>>;
  /** Asked before each claim: false takes nothing new for now, and what is in hand goes on. */
  readonly mayBegin?: (ctx: Context & { readonly own: S }) => Promise<boolean>;
  /** How long a step may take before it counts as a failed attempt, in milliseconds; by default enough for all of its commands. */
  readonly deadlineMs?: (step: StepInHand) => number;
  /** Follows the log: answers the moves that follow from an event. */
  readonly follow?: {
    readonly types: readonly string[];
    readonly handle: (event: LoggedEvent, ctx: Context & { readonly own: S }) => Promise<readonly Move[]>;
    readonly onOvertaken?: (own: S) => void;
  };
  /** What it measures of its machine with each beat; a measurement is waited for one beat at most. */
  readonly figures?: (ctx: Context & { readonly own: S }) => Promise<unknown>;
  /** Done again and again, each for itself, the first time at once: one that hangs holds up no other. */
  readonly every?: readonly Repeated<S>[];
};

/** `run` begins again `ms` after it ended. */
export type Repeated<S> = { readonly ms: number; readonly run: (ctx: Context & { readonly own: S }) => Promise<void> };

/**
 * Defines an agent; one file makes one.
 *
 * @example
 * export default defineAgent({ name: 'planner', steps: { plan: async (step, ctx) => [planGenerated(step, ctx)] } });
 */
export const defineAgent = <S = undefined>(agent: Agent<S>): Agent<S> => agent;
