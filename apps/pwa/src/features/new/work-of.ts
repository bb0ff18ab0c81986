import type { SubmitRequest } from '@hive/events';
import type { Draft, Field, Problems } from './draft.ts';

/** Work that is ready to be sent: now, or left with Hive for later. */
export type Work = {
  readonly key: string;
  readonly request: SubmitRequest;
  readonly timing: { readonly at: string } | { readonly cron: string; readonly zone: string } | null;
};

const figure = (text: string): number => Number(text.replaceAll(',', '').trim());
const lines = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
const moment = (local: string): number => new Date(local).getTime();

/** What can be told without asking Hive. */
const problemsOf = (draft: Draft, now: number): Problems => {
  const { goal, repo, usd, tokens, reserve, priority, until, when, at, cron } = draft;
  const isWhole = (text: string) => Number.isInteger(figure(text)) && figure(text) > 0;
  const passed = (local: string, what: string) =>
    !Number.isFinite(moment(local)) ? `Say ${what}` : moment(local) <= now ? 'That moment has passed' : undefined;
  const found: Record<string, string | undefined> = {
    goal: goal.trim() === '' ? 'Say what is to be done' : undefined,
    repo: repo.trim() === '' ? 'Name the repository by its whole path on the machine of Hive' : undefined,
    usd: usd.trim() !== '' && !(figure(usd) > 0) ? 'Write an amount, for example 2.50' : undefined,
    tokens: tokens.trim() !== '' && !isWhole(tokens) ? 'Write a whole number, for example 200,000' : undefined,
    reserve:
      reserve.trim() !== '' && !(figure(reserve) >= 0 && figure(reserve) <= 100)
        ? 'Write a share from 0 to 100'
        : undefined,
    priority:
      priority.trim() !== '' && !(Number.isInteger(figure(priority)) && Math.abs(figure(priority)) <= 100)
        ? 'Write a whole number from -100 to 100'
        : undefined,
    until: until === '' ? undefined : passed(until, 'until when'),
    at: when === 'at' ? passed(at, 'when') : undefined,
    cron: when === 'cron' && cron.trim() === '' ? 'Write five fields, for example 0 22 * * 1-5' : undefined,
  };
  return Object.fromEntries(Object.entries(found).filter(([, problem]) => problem !== undefined));
};

/** The work that a draft is, or what is wrong with it. `zone` is the one of this device, for cron. */
export const workOf = (
  draft: Draft,
  { now, zone }: { readonly now: number; readonly zone: string },
): { readonly work: Work } | { readonly problems: Problems } => {
  const problems = problemsOf(draft, now);
  if (Object.keys(problems).length > 0) return { problems };
  const text = (value: string) => value.trim();
  const goal = text(draft.goal);
  const budget = {
    ...(text(draft.usd) !== '' && { usd: figure(draft.usd) }),
    ...(text(draft.tokens) !== '' && { tokens: figure(draft.tokens) }),
  };
  const request: SubmitRequest = {
    // A goal takes a template by beginning with its name.
    goal: draft.template === '' ? goal : `${draft.template}: ${goal}`,
    repo: text(draft.repo),
    ...(text(draft.base) !== '' && { base: text(draft.base) }),
    ...(text(draft.into) !== '' && { into: text(draft.into) }),
    ...(lines(draft.checks).length > 0 && { checks: lines(draft.checks) }),
    ...(text(draft.setup) !== '' && { setup: text(draft.setup) }),
    ...(draft.redBefore === 'not_needed' && { redBefore: 'not_needed' as const }),
    ...(Object.keys(budget).length > 0 && { budget }),
    ...(text(draft.model) !== '' && { model: text(draft.model) }),
    ...(draft.localOnly && { localOnly: true }),
    ...(draft.until !== '' && { until: new Date(draft.until).toISOString() }),
    ...(text(draft.reserve) !== '' && { reserve: figure(draft.reserve) / 100 }),
    ...(text(draft.priority) !== '' && { priority: figure(draft.priority) }),
    ...(text(draft.dedupe) !== '' && { dedupe: { key: text(draft.dedupe), mode: draft.onDuplicate } }),
  };
  const timing = {
    now: null,
    at: draft.when === 'at' ? { at: new Date(draft.at).toISOString() } : null,
    cron: { cron: text(draft.cron), zone },
  }[draft.when];
  return { work: { key: draft.key, request, timing } };
};

const fields: Readonly<Record<string, Field>> = {
  ...{ goal: 'goal', repo: 'repo', base: 'base', into: 'into', checks: 'checks', setup: 'setup', model: 'model' },
  ...{
    redBefore: 'redBefore',
    localOnly: 'localOnly',
    until: 'until',
    reserve: 'reserve',
    priority: 'priority',
    dedupe: 'dedupe',
  },
  ...{ at: 'at', cron: 'cron', budget: 'tokens' },
};

/** The field that a refusal of Hive is about; null when it is about none of the form. */
export const fieldOf = (error: unknown): Field | null => {
  const { field } = ((error ?? {}) as { readonly details?: Readonly<Record<string, unknown>> }).details ?? {};
  if (typeof field !== 'string') return null;
  const [first = '', second = ''] = field.split('.').filter((part) => part !== 'request');
  return first === 'budget' && second === 'usd' ? 'usd' : (fields[first] ?? null);
};
