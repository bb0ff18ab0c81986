import { z } from 'zod';
import { Step } from './steps.ts';

/** Who paused something, when, and why. */
export const PauseNote = z.object({ by: z.string(), at: z.string(), reason: z.string().nullable() });
export type PauseNote = z.infer<typeof PauseNote>;

/** What of the system is paused: everything (`all`), and single kinds of steps. Empty when nothing is. */
export const SystemPauses = z.partialRecord(z.enum(['all', ...Step.options]), PauseNote);
export type SystemPauses = z.infer<typeof SystemPauses>;

/** What is known of the building itself: the last thing that it told, what is paused, and what is wrong, by alert; absent until there was something once. */
export type SystemView = {
  readonly last: string;
  readonly paused?: SystemPauses;
  readonly alerts?: Readonly<Record<string, string>>;
};

/** The kinds of steps that may be begun while this is paused. */
export const unpausedKinds = <K extends Step>(kinds: readonly K[], paused: SystemPauses): readonly K[] =>
  paused.all ? [] : kinds.filter((kind) => paused[kind] === undefined);
