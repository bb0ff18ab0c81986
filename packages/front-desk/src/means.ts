import type { HiveConfig } from '@hive/config';
import { HiveError, isHiveError } from '@hive/errors';
import type { BoxSummary, SandboxKind, SubmitRequest } from '@hive/events';
import { assertRoom, type Space } from '@hive/workspace';
import type { Draft } from './draft.ts';

/** Which model is wanted for what. `ref` is what the user named; null: what is configured for the role. */
export type Wanted = {
  readonly role: 'planner' | 'worker' | 'reviewer';
  readonly ref: string | null;
  readonly localOnly: boolean;
};

/** What the desk asks before it accepts work that needs it. */
export type Means = {
  /** Throws `model.missing` (remedy `fix_config`) and the like when no wanted model can be reached. */
  readonly model: (wanted: Wanted) => Promise<unknown>;
  /** The sandbox as it was found by running it. */
  readonly sandbox: () => Promise<{ readonly kind: SandboxKind; readonly note: string }>;
  /** The room on the file system of HIVE_HOME. */
  readonly space: () => Promise<Space>;
  /** The boxes of the pool, asked now. */
  readonly boxes: () => Promise<readonly BoxSummary[]>;
};

const wantedModels = (
  request: SubmitRequest,
  tasks: readonly Draft[] | null,
  config: Pick<HiveConfig, 'models'>,
): Wanted[] => {
  const localOnly = request.localOnly ?? false;
  const named = request.model ?? null;
  const reviewer: Wanted[] = config.models.reviewer.length > 0 ? [{ role: 'reviewer', ref: null, localOnly }] : [];
  if (tasks === null)
    return [{ role: 'planner', ref: named, localOnly }, { role: 'worker', ref: named, localOnly }, ...reviewer];
  const refs = new Set(tasks.filter((task) => task.author === null).map((task) => task.model ?? named));
  return [...[...refs].map((ref): Wanted => ({ role: 'worker', ref, localOnly })), ...reviewer];
};

/** Refuses work for which room, a model or a sandbox is missing, before anything is recorded. Exit code 78. */
export const assertMeans = async (
  request: SubmitRequest,
  tasks: readonly Draft[] | null,
  {
    means,
    config,
  }: {
    readonly means: Partial<Means>;
    readonly config: Pick<HiveConfig, 'home' | 'models' | 'sandbox' | 'disk'>;
  },
): Promise<void> => {
  const model = means.model ?? configured(config);
  for (const wanted of wantedModels(request, tasks, config)) await model(wanted).catch(blame(wanted));
  await assertSurroundings(tasks === null || tasks.some((task) => task.author === null), { means, config });
};

/** Refuses work for which there is no room, or that needs a sandbox where none works. */
export const assertSurroundings = async (
  writesByModel: boolean,
  { means, config }: { readonly means: Partial<Means>; readonly config: Pick<HiveConfig, 'home' | 'sandbox' | 'disk'> },
): Promise<void> => {
  if (means.space) assertRoom(config.home, await means.space(), config.disk.floorBytes);
  const required = config.sandbox.mode === 'required' || (writesByModel && !config.sandbox.allowUnsandboxed);
  if (!required || !means.sandbox) return;
  const { kind, note } = await means.sandbox();
  if (kind !== 'none') return;
  const [why, otherwise] =
    config.sandbox.mode === 'required'
      ? ['hive.yaml requires one', 'Or, knowing that checks can do what you can, set hive.sandbox.mode: auto']
      : [
          "a model's change runs only in one",
          'Or, knowing that it can do what you can, set hive.sandbox.allowUnsandboxed: true',
        ];
  throw new HiveError('sandbox.missing', `There is no sandbox, and ${why}: ${note} ${otherwise}`, {
    remedy: 'fix_config',
  });
};

/** A reference that names no model is wrong configuration in hive.yaml, and wrong input in a request or a plan. */
const blame =
  ({ ref }: Wanted) =>
  (error: unknown): never => {
    if (!isHiveError(error)) throw error;
    // What hive.yaml names is not for whoever hands in to mend; that nothing is named is.
    if (ref === null && error.code !== 'model.missing') throw error;
    const details = { ...error.details, field: 'model' };
    if (ref !== null && error.code === 'config.invalid')
      throw new HiveError('input.invalid', error.message, { details, cause: error });
    const { code, message, remedy } = error;
    throw new HiveError(code, message, { remedy, details, cause: error });
  };

/** Without a way to ask, what is written in hive.yaml has to do. */
const configured =
  ({ models }: Pick<HiveConfig, 'models'>): Means['model'] =>
  ({ role, ref }) => {
    if (ref !== null || models[role].length > 0) return Promise.resolve();
    return Promise.reject(
      new HiveError(
        'model.missing',
        `This needs a model as ${role}, and none is configured: name one with --model or under hive.models in hive.yaml, ` +
          'or hand in a patch or a plan of patches and commands',
        { remedy: 'fix_config' },
      ),
    );
  };
