import { derivedId } from '@hive/bus';
import type { Argv, Check, Plan, PlanFile, PlannedTask } from '@hive/events';
import { HiveError, isHiveError, beginningOf } from '@hive/errors';
import { splitCommand } from '@hive/workspace';
import type { RepoConfig } from '@hive/config';
import { storedPatchesOf } from './stored-examples.ts';

/** A task before it has an id: its needs are keys, and its patch is still in hand. */
export type Draft = Omit<PlannedTask, 'id' | 'needs' | 'patch'> & {
  readonly needs: readonly string[];
  readonly patch?: Uint8Array;
};

const defaultTimeoutS = 600;

type Command = string | Argv;

/** A command as a check; its name is how it was written. */
export const checkOf = (command: Command, source: Check['source']): Check => ({
  name: beginningOf(typeof command === 'string' ? command.trim() : command.join(' '), 200),
  argv: splitCommand(command),
  source,
});

/** Runs `attempt`, and lets a refusal name the task that it is about. */
export const aboutTask = async <T>(key: string, attempt: () => T | Promise<T>): Promise<T> => {
  try {
    return await attempt();
  } catch (error) {
    if (!isHiveError(error)) throw error;
    throw new HiveError(error.code, `Task ${key}: ${error.message}`, {
      remedy: error.remedy,
      details: { ...error.details, task: key },
      cause: error,
    });
  }
};

type Defaults = {
  readonly redBefore: PlannedTask['redBefore'];
  readonly priority: number;
  readonly repo: RepoConfig | undefined;
};

/** The tasks of a plan file. Its patches are contents by now. */
export const draftsOfPlan = (plan: PlanFile, { redBefore, priority, repo }: Defaults): Promise<Draft[]> => {
  const stored = storedPatchesOf(plan);
  return Promise.all(
    plan.tasks.map((task) =>
      aboutTask(task.key, (): Draft => {
        const { patch, run, checks, paths = repo?.paths, tests = repo?.tests, ...rest } = task;
        const author =
          run !== undefined ? 'tool' : patch === undefined ? null : stored.has(task.key) ? 'oracle' : 'human';
        return {
          key: task.key,
          title: task.title,
          ...(rest.instructions !== undefined && { instructions: rest.instructions }),
          needs: task.needs ?? [],
          kind: task.kind ?? 'change',
          ...(run !== undefined && { run: splitCommand(run) }),
          ...(patch !== undefined && { patch: Buffer.from(patch) }),
          author,
          ...(paths && { paths: [...paths] }),
          ...(tests && { tests: [...tests] }),
          checks: (checks ?? []).map((check) => checkOf(check, 'task')),
          redBefore: task.redBefore ?? redBefore,
          capabilities: task.capabilities ?? [],
          priority: task.priority ?? priority,
          timeoutS: task.timeoutS ?? defaultTimeoutS,
          ...(task.model !== undefined && { model: task.model }),
        };
      }),
    ),
  );
};

/** Drafts as the plan of a workflow; `patchOf` says where the patch of one lies. */
export const planOf = (
  drafts: readonly Draft[],
  workflowId: string,
  patchOf: (draft: Draft) => string | undefined,
): Plan => {
  const idOf = (key: string) => derivedId(workflowId, `task ${key}`);
  const tasks = drafts.map((draft): PlannedTask => {
    const { patch: _, ...rest } = draft;
    const patch = patchOf(draft);
    return {
      ...rest,
      id: idOf(draft.key),
      needs: draft.needs.map(idOf),
      ...(patch !== undefined && { patch }),
    };
  });
  return { version: 1, tasks };
};

/** The one task of a change that a person hands in. */
export const draftOfChange = (
  change: { readonly patch: Uint8Array; readonly title: string },
  { redBefore, priority, repo }: Defaults,
): Draft => ({
  key: 'change',
  title: change.title,
  needs: [],
  kind: 'change',
  patch: change.patch,
  author: 'human',
  ...(repo?.paths && { paths: [...repo.paths] }),
  ...(repo?.tests && { tests: [...repo.tests] }),
  checks: [],
  redBefore,
  capabilities: [],
  priority,
  timeoutS: defaultTimeoutS,
});
