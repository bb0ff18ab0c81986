import { z } from 'zod';
import { Step } from './steps.ts';

/** What paused a workflow where nobody did: `--until`, limits that were met too often, or one that does not say when it ends. */
export const PauseRule = z.enum(['until', 'resumes', 'limit']);

/** Who paused something, when, and why; `rule` where it was not a person. */
export const PauseNote = z.object({
  by: z.string(),
  at: z.string(),
  reason: z.string().nullable(),
  rule: PauseRule.optional(),
});
export type PauseNote = z.infer<typeof PauseNote>;

/** What of the system is paused: everything (`all`), and single kinds of steps. Empty when nothing is. */
export const SystemPauses = z.partialRecord(z.enum(['all', ...Step.options]), PauseNote);
export type SystemPauses = z.infer<typeof SystemPauses>;

/** Who took an agent out, when, and why. `drain`: what it holds is handed back after a moment. */
export const AgentPause = PauseNote.extend({ drain: z.literal(true).optional() });
export type AgentPause = z.infer<typeof AgentPause>;

/** The agents that are taken out, by their names. */
export const AgentPauses = z.record(z.string(), AgentPause);
export type AgentPauses = z.infer<typeof AgentPauses>;

/** What is known of the building itself: the last thing that it told, what is paused, and what is wrong, by alert; absent until there was something once. */
export type SystemView = {
  readonly last: string;
  readonly paused?: SystemPauses;
  readonly agents?: AgentPauses;
  readonly alerts?: Readonly<Record<string, string>>;
  /** Who has seen which of them. */
  readonly acknowledged?: Readonly<Record<string, PauseNote>>;
};

/** The kinds of steps that may be begun while this is paused. */
export const unpausedKinds = <K extends Step>(kinds: readonly K[], paused: SystemPauses): readonly K[] =>
  paused.all ? [] : kinds.filter((kind) => paused[kind] === undefined);
