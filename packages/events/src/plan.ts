import { z } from 'zod';
import { HiveError, codes, findNotPlain, notPlain } from '@hive/errors';
import { Author } from './author.ts';
import { Argv, Check } from './command.ts';
import { ArtefactHash, Id } from './ids.ts';

const Key = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a key has letters, digits, dot, dash or underscore, at most 64');
const Command = z.union([z.string().min(1).max(4096), Argv]);
/** What begins before what, where both could: the higher first. */
export const Priority = z.int().min(-100).max(100);
const Globs = z.array(z.string().min(1).max(500)).max(200);

/** One item of a plan file, as a person or a planner writes it. `run` and `patch` exclude each other. */
export const PlanFileTask = z.strictObject({
  key: Key,
  title: z.string().min(1).max(300),
  instructions: z.string().max(20_000).optional(),
  needs: z.array(Key).max(200).optional(),
  kind: z.enum(['change', 'command']).optional(),
  run: Command.optional(),
  patch: z.string().min(1).optional().describe('a file beside the plan; its contents when sent by HTTP'),
  paths: Globs.optional().describe('what the task may touch'),
  tests: Globs.optional().describe('which files are tests'),
  checks: z.array(Command).max(50).optional(),
  redBefore: z.literal('not_needed').optional(),
  capabilities: z.array(z.string().max(64)).max(20).optional(),
  priority: Priority.optional(),
  timeoutS: z.int().min(1).max(86_400).optional(),
  model: z.string().max(200).optional(),
});
export type PlanFileTask = z.infer<typeof PlanFileTask>;

/** A plan file: 1 to 2,000 tasks that form a directed acyclic graph. Unknown keys are refused. */
export const PlanFile = z.strictObject({
  version: z.literal(1),
  setup: Command.optional(),
  checks: z.array(Command).max(50).optional(),
  tasks: z.array(PlanFileTask).min(1, 'a plan needs at least one task').max(2000, 'a plan has at most 2,000 tasks'),
});
export type PlanFile = z.infer<typeof PlanFile>;

/** A task as the queue knows it: the patch is an artefact, commands are argv lists, the author is decided. */
export const PlannedTask = z.strictObject({
  id: Id,
  key: Key,
  title: z.string(),
  instructions: z.string().optional(),
  needs: z.array(Id),
  kind: z.enum(['change', 'command']),
  run: Argv.optional(),
  patch: ArtefactHash.optional(),
  author: Author.nullable().describe('null until a model is chosen'),
  paths: Globs.optional(),
  tests: Globs.optional(),
  checks: z.array(Check),
  redBefore: z.enum(['needed', 'not_needed']),
  capabilities: z.array(z.string()),
  priority: z.int(),
  timeoutS: z.int(),
  model: z.string().optional(),
});
export type PlannedTask = z.infer<typeof PlannedTask>;

const invalid = (message: string) => new HiveError('plan.invalid', message);

const where = (path: readonly PropertyKey[], plan: unknown): string => {
  if (path[0] !== 'tasks' || typeof path[1] !== 'number') return path.length ? ` at ${path.map(String).join('.')}` : '';
  const tasks = (plan as { tasks?: { key?: unknown }[] }).tasks;
  const key = tasks?.[path[1]]?.key;
  const rest = path.slice(2).map(String).join('.');
  return ` at task ${typeof key === 'string' ? key : `number ${path[1] + 1}`}${rest ? `: ${rest}` : ''}`;
};

/** A patch never becomes part of an event, and may hold anything. */
const withoutPatch = ({ patch: _, ...task }: PlanFileTask) => task;

/**
 * Parses the data of a plan file and checks its graph.
 * Throws `plan.invalid` with one sentence that names the task: schema, a text that no event can hold, duplicate key, unknown need, cycle, `run` beside `patch`.
 */
export const parsePlanFile = (data: unknown): PlanFile => {
  const parsed = PlanFile.safeParse(data);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(`The plan is not valid${issue ? `${where(issue.path, data)}: ${issue.message}` : ''}`);
  }
  const plan = parsed.data;
  const at = findNotPlain({ ...plan, tasks: plan.tasks.map(withoutPatch) });
  if (at) throw invalid(`The plan is not valid${where(at, data)}: it ${notPlain}`);
  const keys = new Set<string>();
  for (const task of plan.tasks) {
    if (keys.has(task.key)) throw invalid(`The plan has two tasks with the key ${task.key}`);
    keys.add(task.key);
    if (task.run !== undefined && task.patch !== undefined)
      throw invalid(`Task ${task.key} has both run and patch; a task has one author`);
    if (task.kind === 'command' && task.run === undefined)
      throw invalid(`Task ${task.key} is a command but has no run`);
  }
  for (const task of plan.tasks)
    for (const need of task.needs ?? [])
      if (!keys.has(need)) throw invalid(`Task ${task.key} needs ${need}, which is not in the plan`);
  const cycle = cycleIn(plan.tasks);
  if (cycle) throw invalid(`The plan has a cycle: ${cycle.join(' needs ')}`);
  return plan;
};

/** The keys along one cycle of needs, first key repeated at the end, or null. Depth-first with three colours (CLRS, 22.3). */
export const cycleIn = (tasks: readonly { key: string; needs?: readonly string[] | undefined }[]): string[] | null => {
  const needs = new Map(tasks.map((task) => [task.key, task.needs ?? []]));
  const done = new Set<string>();
  for (const start of needs.keys()) {
    const path: string[] = [];
    const next: number[] = [];
    const onPath = new Set<string>();
    const enter = (key: string) => {
      path.push(key);
      next.push(0);
      onPath.add(key);
    };
    if (!done.has(start)) enter(start);
    while (path.length > 0) {
      const key = path[path.length - 1] ?? '';
      const index = next[next.length - 1] ?? 0;
      const need = needs.get(key)?.[index];
      next[next.length - 1] = index + 1;
      if (need === undefined) {
        done.add(key);
        onPath.delete(key);
        path.pop();
        next.pop();
      } else if (onPath.has(need)) {
        return [...path.slice(path.indexOf(need)), need];
      } else if (!done.has(need)) {
        enter(need);
      }
    }
  }
  return null;
};

/** What a planner hands over: `tasks` may be stored as an artefact and read back with this. */
export const Plan = z.strictObject({ version: z.literal(1), tasks: z.array(PlannedTask) });
export type Plan = z.infer<typeof Plan>;

/** A code from the closed set, for schemas of events. */
export const CodeSchema = z.enum(codes);
