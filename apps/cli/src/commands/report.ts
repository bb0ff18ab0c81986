import { HiveError } from '@hive/errors';
import { shortId, type Report } from '@hive/events';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { clock, count, duration } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { oneLine } from '../terminal/visible.ts';
import { cut } from '../terminal/width.ts';

export const report = defineCommand<{ readonly since?: string }>({
  name: 'report',
  says: 'Show what happened while you were away: merged, waiting, refused, limits, tokens and money',
  options: [
    { flags: '--since <time>', says: 'from when on: 22:00 (the last one), 8h, 2d or an ISO moment (default: 12h)' },
  ],
  examples: ['hive report --since 22:00', 'hive report --since 2d --json'],
  run: (cli, _, options) =>
    withDesk(cli, async (desk) => {
      const since = options.since === undefined ? undefined : sinceOf(options.since, new Date());
      const told = await desk.report(since === undefined ? {} : { since });
      cli.out.document(told);
      cli.out.line(...reportLines(cli, told));
      return 0;
    }),
});

/** `22:00` is the last time that the clock showed it, `8h` so long ago. */
export const sinceOf = (text: string, now: Date): string => {
  const [, figure, unit] = /^(\d{1,5})(m|h|d)$/.exec(text) ?? [];
  if (figure !== undefined)
    return new Date(
      now.getTime() - Number(figure) * ({ m: 60, h: 3600, d: 86_400 }[unit ?? 'h'] ?? 3600) * 1000,
    ).toISOString();
  const [, hour, minute] = /^(\d{1,2}):(\d{2})$/.exec(text) ?? [];
  if (hour !== undefined && Number(hour) < 24 && Number(minute) < 60) {
    const at = new Date(now);
    at.setHours(Number(hour), Number(minute), 0, 0);
    if (at >= now) at.setDate(at.getDate() - 1);
    return at.toISOString();
  }
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && Number.isFinite(Date.parse(text))) return new Date(text).toISOString();
  throw new HiveError('input.invalid', `--since ${text} is no moment; write 22:00, 8h, 2d or 2030-01-31T22:00:00Z`);
};

/** A report for people. What is empty is left out; that nothing happened is said. */
export const reportLines = ({ out }: { readonly out: Pick<Cli['out'], 'colour'> }, told: Report): string[] => {
  const { bold, dim } = out.colour;
  const title = (text: string, n: number) => ['', `${bold(text)}  ${n}`];
  const part = (text: string, rows: readonly (readonly (string | number)[])[]) =>
    rows.length === 0 ? [] : [...title(text, rows.length), ...table(null, rows).map((line) => `  ${line}`)];
  const usage = told.usage.map((it) => [
    `${it.provider}:${it.model}`,
    count(it.calls, 'call'),
    `${it.input.toLocaleString('en')} in`,
    `${it.output.toLocaleString('en')} out`,
    it.cached > 0 ? `${it.cached.toLocaleString('en')} cached` : '',
    it.costUsd === null ? 'price unknown' : `${it.costUsd.toFixed(2)} USD`,
    [it.failed > 0 ? `${it.failed} failed` : '', it.free > 0 ? `${it.free} free` : ''].filter(Boolean).join(', '),
  ]);
  const lines = [
    ...part(
      'Merged',
      told.merged.map((it) => [
        shortId(it.task),
        oneLine(it.key),
        cut(oneLine(it.title), 50),
        it.commit?.slice(0, 7) ?? 'no diff',
        proofOf(it),
      ]),
    ),
    ...part(
      'Waiting for you',
      told.waiting.map((it) => [
        shortId(it.id),
        cut(oneLine(it.what), 40),
        cut(oneLine(it.reason), 90),
        it.kind === 'task' ? `hive retry ${shortId(it.id)}` : `hive resume ${shortId(it.id)}`,
      ]),
    ),
    ...part(
      'Not through',
      told.refused.map((it) => [
        shortId(it.task ?? it.workflow),
        oneLine(it.key),
        it.how,
        it.code,
        cut(oneLine(it.reason), 80),
      ]),
    ),
    ...part(
      'Limits',
      told.limits.map((it) => [
        it.provider,
        it.kind,
        `${count(it.tasks, 'task')} waited ${duration(it.waitedMs)}`,
        `until ${clock(it.until)}`,
      ]),
    ),
    ...part('Models', usage),
    ...part(
      'Done again',
      told.repeated.map((it) => [it.step, `${it.why} ${count(it.count, 'time')}`]),
    ),
  ];
  const span = `Since ${clock(told.since)} (${duration(Date.parse(told.until) - Date.parse(told.since))})`;
  return [dim(span), ...(lines.length === 0 ? ['Nothing happened'] : lines)];
};

const proofOf = ({ redBefore, reviewers }: Report['merged'][number]): string => {
  const proof = redBefore === 'red' ? 'red before, green after' : 'green after';
  const by = reviewers.filter((it) => it !== 'rules');
  return by.length === 0 ? `${proof}, rules passed` : `${proof}, reviewed by ${by.map(oneLine).join(', ')}`;
};
