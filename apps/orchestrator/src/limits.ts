import type { Move, NewStep } from '@hive/bus';
import type { HiveConfig } from '@hive/config';
import type { PlannedTask, Submission } from '@hive/events';

type Limits = NonNullable<NewStep['limits']>;

/** Which steps take up what the limits of hive.yaml are about: reviewing and merging are short, and hold up nobody. */
const limited: readonly NewStep['kind'][] = ['work', 'check'];

/**
 * The limits that a step falls under by its task: those of its repository, and while it is authored those of its model and of that one's box. Into a branch
 * of the user's one merge goes at a time, whichever workflow it is of.
 */
export const limitsOf = (
  kind: NewStep['kind'],
  task: Pick<PlannedTask, 'author' | 'model'>,
  {
    config,
    repo,
    into,
    model,
  }: {
    readonly config: Pick<HiveConfig, 'limits' | 'models'>;
    readonly repo: string;
    readonly into: string | null;
    readonly model: string | null;
  },
): Limits => {
  if (kind === 'merge' && into !== null) return [{ key: `into:${repo}:${into}`, max: 1 }];
  if (!limited.includes(kind)) return [];
  const { repository, models, boxes } = config.limits;
  const limits = repository === null ? [] : [{ key: `repository:${repo}`, max: repository }];
  const ref = kind === 'work' && task.author === null ? (task.model ?? model ?? config.models.worker[0]) : undefined;
  if (ref === undefined) return limits;
  const [, box] = ref.split('@');
  const [ofModel, ofBox] = [models[ref], box === undefined ? undefined : boxes[box]];
  return [
    ...limits,
    ...(ofModel === undefined ? [] : [{ key: `model:${ref}`, max: ofModel }]),
    ...(box === undefined || ofBox === undefined ? [] : [{ key: `box:${box}`, max: ofBox }]),
  ];
};

/** Moves whose steps carry their limits. */
export const withLimits = (
  moves: readonly Move[],
  around: {
    readonly config: Pick<HiveConfig, 'limits' | 'models'>;
    readonly submission: Pick<Submission, 'repo' | 'into' | 'model'> | null;
    readonly taskOf: (id: string) => Pick<PlannedTask, 'author' | 'model'> | undefined;
  },
): readonly Move[] => {
  const { config, submission, taskOf } = around;
  if (!submission) return moves;
  return moves.map((move) => {
    const task = move.step?.taskId == null ? undefined : taskOf(move.step.taskId);
    if (!move.step || !task) return move;
    const limits = limitsOf(move.step.kind, task, { config, ...submission });
    return limits.length === 0 ? move : { ...move, step: { ...move.step, limits } };
  });
};
