import type { PauseNote } from './pause.ts';
import type { Fact } from './task-view.ts';

/** The note of a pause; whoever does not say who they are is known by the process that they asked. */
export const pauseNote = (
  { at, actor = '' }: Pick<Fact, 'at' | 'actor'>,
  {
    by,
    reason,
    rule,
  }: {
    readonly by?: string | undefined;
    readonly reason?: string | undefined;
    readonly rule?: PauseNote['rule'];
  },
): PauseNote => ({ by: by ?? actor, at, reason: reason ?? null, ...(rule && { rule }) });
