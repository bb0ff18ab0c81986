import { findControlGroups, type ControlGroup, type ControlGroups } from './control-groups.ts';
import type { CommandLimits, Met } from './limits.ts';
import { watch, type Watch, type Watched } from './watch.ts';

/** How commands are limited on this machine. */
export type Limiter = {
  readonly limits: CommandLimits;
  readonly control: ControlGroups | null;
};

/** What was counted of a command by its end. */
export type Used = { readonly killed: number; readonly refused: number };

/** Finds out, by trying, what the kernel holds here. */
export const findLimiter = async (limits: CommandLimits, incarnation: string): Promise<Limiter> => ({
  limits,
  control: await findControlGroups(controlGroupName(`${incarnation}.try`), limits),
});

/** Control groups of an incarnation are found by their names. */
export const controlGroupName = (mark: string): string => `hive.${mark}`;

/** One sentence for `hive doctor`. */
export const limitsNote = ({ control }: Limiter, countsProcesses: boolean): string => {
  const held = ['memory', 'processes', 'cores'] as const;
  const byGroups = held.filter((what) => control?.holds.has(what));
  const watched = ['memory', 'processes'].filter(
    (what) => !control?.holds.has(what as 'memory') && !(what === 'processes' && countsProcesses),
  );
  return [
    byGroups.length > 0 ? `${list(byGroups)} held by control groups (version ${control?.version})` : '',
    !control?.holds.has('processes') && countsProcesses ? 'processes held by the kernel' : '',
    `${list([...watched, 'disk'])} watched`,
    control?.holds.has('cores') ? '' : 'cores not limited',
  ]
    .filter(Boolean)
    .join('; ');
};

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;

/** Limits around one command. Where a group cannot be made after all, the command is watched instead. */
export const holdGroup = (
  { limits, control }: Limiter,
  request: Pick<Watched, 'mark' | 'isHeld' | 'worktree' | 'inMemory'>,
) => {
  let group: ControlGroup | null = null;
  let watching: Watch | undefined;
  const enter = async (pid: number): Promise<boolean> => {
    try {
      if (request.isHeld) return false;
      group = control?.create(controlGroupName(request.mark), limits) ?? null;
      await group?.add(pid);
      return group !== null;
    } catch {
      return false;
    }
  };
  return {
    /** Call before the command starts anything. */
    begin: async (pid: number, onMet: (met: Met) => void): Promise<void> => {
      const held = (await enter(pid)) && group !== null && control ? { control: group, holds: control.holds } : null;
      watching = watch({ ...request, pid, limits, group: held, onMet });
    },
    /** Ends what is in its group now. */
    sweep: (): void => group?.sweep(),
    /** Call when it has ended: ends what is left in its group. */
    end: async (): Promise<Used> => {
      watching?.stop();
      const { killed = 0, refused = 0 } = group?.counted() ?? {};
      await group?.end();
      return { killed, refused };
    },
  };
};
