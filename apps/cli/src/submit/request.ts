import { HiveError } from '@hive/errors';
import { Dedupe, DedupeMode, type SubmitRequest } from '@hive/events';
import { momentOf } from './timing.ts';

/** The options that `run` and `submit` share, as the command line gives them. */
export type SubmitOptions = {
  readonly repo?: string;
  readonly base?: string;
  readonly check?: readonly string[];
  readonly setup?: string;
  readonly plan?: string;
  readonly redBefore?: string;
  readonly into?: string;
  readonly model?: string;
  readonly localOnly?: boolean;
  readonly budget?: string;
  readonly until?: string;
  readonly reserve?: string;
  readonly priority?: string;
  readonly passEnv?: readonly string[];
  readonly dedupe?: string;
  readonly dedupeWindow?: string;
  readonly onDuplicate?: string;
  readonly detach?: boolean;
};

const wrong = (message: string) => new HiveError('input.invalid', message);

/** `5usd`, `2.50usd`, `200k`, `1.5m` or `50000`: money, or tokens read and written. */
export const parseBudget = (text: string): NonNullable<SubmitRequest['budget']> => {
  const [, figure, unit] = /^(\d+(?:\.\d+)?)(usd|k|m)?$/i.exec(text) ?? [];
  const amount = Number(figure);
  if (!figure || !(amount > 0)) throw wrong(`--budget ${text} is not a limit; write for example 5usd or 200k`);
  if (unit?.toLowerCase() === 'usd') return { usd: amount };
  const tokens = amount * ({ k: 1000, m: 1_000_000 }[unit?.toLowerCase() ?? ''] ?? 1);
  if (!Number.isInteger(tokens))
    throw wrong(`--budget ${text} is not a whole number of tokens; write for example 200k`);
  return { tokens };
};

/** `30%` or 0.3. */
const parseReserve = (text: string): number => {
  const share = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text.trim() !== '' && share >= 0 && share <= 1) return share;
  throw wrong(`--reserve ${text} is no share; write for example 30%`);
};

/** `20` or `-5`. */
const parsePriority = (text: string): number => {
  if (/^[+-]?\d{1,3}$/.test(text) && Math.abs(Number(text)) <= 100) return Number(text);
  throw wrong(`--priority ${text} is no whole number from -100 to 100; higher begins first, 0 is usual`);
};

const here = () => ({
  now: new Date().toISOString(),
  zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  flag: '--until',
});

const parseRedBefore = (text: string): 'not_needed' => {
  if (text === 'not-needed' || text === 'not_needed') return 'not_needed';
  throw wrong(
    `--red-before takes not-needed only, and found ${text}; without it a check has to be red without the change`,
  );
};

const parsePassEnv = (names: readonly string[]): string[] =>
  names.map((name) => {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return name;
    throw wrong(
      `--pass-env takes the name of a variable, and found ${name}; its value comes from the environment of Hive`,
    );
  });

const parseWindow = (text: string): number => {
  const [, figure, unit] = /^(\d{1,8})([smhd])$/.exec(text) ?? [];
  const windowS = Number(figure) * ({ s: 1, m: 60, h: 3600, d: 86_400 }[unit ?? ''] ?? NaN);
  if (Dedupe.shape.windowS.safeParse(windowS).success) return windowS;
  throw wrong(`--dedupe-window ${text} is no time up to a year; write for example 30m, 1h or 7d`);
};

const parseDedupe = ({ dedupe: key, dedupeWindow, onDuplicate }: SubmitOptions): Dedupe | undefined => {
  if (key === undefined) {
    if (dedupeWindow === undefined && onDuplicate === undefined) return undefined;
    throw wrong('--dedupe-window and --on-duplicate need a key: --dedupe KEY');
  }
  const issue = Dedupe.shape.key.safeParse(key).error?.issues[0];
  if (key === '' || issue?.message === 'it is blank') throw wrong('--dedupe: the key is empty');
  if (key.length > 200) throw wrong(`--dedupe: the key has ${key.length} characters; 200 are allowed`);
  if (issue) throw wrong('--dedupe: the key has control characters');
  const mode = DedupeMode.optional().safeParse(onDuplicate);
  if (!mode.success) throw wrong(`--on-duplicate takes keep, replace or debounce, and found ${onDuplicate ?? ''}`);
  return {
    key,
    ...(dedupeWindow !== undefined && { windowS: parseWindow(dedupeWindow) }),
    ...(mode.data && { mode: mode.data }),
  };
};

/** What is asked of the front desk. `repo` is absolute by now, `plan` and `patch` are contents. */
export const submitRequest = (
  what: { readonly goal: string; readonly plan?: unknown; readonly patch?: string; readonly commit?: string },
  options: SubmitOptions,
  repo: string,
): SubmitRequest => {
  if (what.goal.trim() === '')
    throw wrong('The goal is empty; say what is to be done, for example: hive run "Fix the date parser"');
  const dedupe = parseDedupe(options);
  if (what.goal.length > 4000) throw wrong(`The goal has ${what.goal.length} characters; 4,000 are allowed`);
  return {
    goal: what.goal,
    repo,
    ...(what.plan !== undefined && { plan: what.plan }),
    ...(what.patch !== undefined && { patch: what.patch }),
    ...(what.commit !== undefined && { commit: what.commit }),
    ...(options.base !== undefined && { base: options.base }),
    ...(options.check && options.check.length > 0 && { checks: [...options.check] }),
    ...(options.setup !== undefined && { setup: options.setup }),
    ...(options.into !== undefined && { into: options.into }),
    ...(options.budget !== undefined && { budget: parseBudget(options.budget) }),
    ...(options.redBefore !== undefined && { redBefore: parseRedBefore(options.redBefore) }),
    ...(options.model !== undefined && { model: options.model }),
    ...(options.localOnly && { localOnly: true }),
    ...(options.until !== undefined && { until: momentOf(options.until, here()) }),
    ...(options.reserve !== undefined && { reserve: parseReserve(options.reserve) }),
    ...(options.priority !== undefined && { priority: parsePriority(options.priority) }),
    ...(options.passEnv && options.passEnv.length > 0 && { passEnv: parsePassEnv(options.passEnv) }),
    ...(dedupe && { dedupe }),
  };
};
