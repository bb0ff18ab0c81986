import { HiveError } from '@hive/errors';
import { shortId, type DeadLetter, type DeadLetterDetail, type DeadLetterFilter, type Desk } from '@hive/events';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { personHere } from '../person.ts';
import { ago, count } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';
import { oneLine, visible } from '../terminal/visible.ts';
import { cut } from '../terminal/width.ts';
import { numberOf } from './number-of.ts';

type Options = {
  readonly all?: boolean;
  readonly kind?: string;
  readonly subscription?: string;
  readonly workflow?: string;
  readonly code?: string;
  readonly limit?: string;
  readonly dryRun?: boolean;
  readonly note?: string;
};

const verbs = ['redrive', 'discard'] as const;
type Verb = (typeof verbs)[number];

export const deadLetters = defineCommand<Options>({
  name: 'dead-letters',
  args: [
    ['[verb]', 'redrive or discard; or the id of one, to see what led there; without it the list'],
    ['[id]', 'of the one that is meant'],
  ],
  says: 'What was given up and is kept: look at it, try it again, or drop it',
  options: [
    { flags: '--all', says: 'all of them' },
    { flags: '--kind <kind>', says: 'event (an agent could not handle it) or task (failed, or given up)' },
    { flags: '--subscription <name>', says: 'events of this subscription' },
    { flags: '--workflow <id>', says: 'what belongs to this workflow' },
    { flags: '--code <code>', says: 'tasks that ended with this code' },
    { flags: '--limit <n>', says: 'no more than so many at once (default: 100)' },
    { flags: '--dry-run', says: 'only say which it would be' },
    { flags: '--note <text>', says: 'what the authors of redriven tasks should know this time' },
  ],
  examples: ['hive dead-letters', 'hive dead-letters redrive --code check.timeout --limit 20 --dry-run'],
  run: (cli, [first, second], options) =>
    withDesk(cli, async (desk) => {
      const verb = verbs.find((it) => it === first);
      const filter = filterOf(options);
      if (verb) return act(cli, desk, { verb, id: second, filter, options });
      if (second !== undefined)
        throw new HiveError(
          'input.invalid',
          `hive dead-letters knows ${verbs.join(' and ')}, and found ${first ?? ''}`,
        );
      if (first !== undefined) show(cli, await desk.deadLetter(first));
      else await list(cli, desk, filter, options);
      return 0;
    }),
});

const filterOf = ({ kind, subscription, workflow, code }: Options): DeadLetterFilter => {
  if (kind !== undefined && kind !== 'event' && kind !== 'task')
    throw new HiveError('input.invalid', `--kind takes event or task, and found ${kind}`);
  return {
    ...(kind !== undefined && { kind }),
    ...(subscription !== undefined && { subscription }),
    ...(workflow !== undefined && { workflow }),
    ...(code !== undefined && { code }),
  };
};

const list = async ({ out }: Cli, desk: Desk, filter: DeadLetterFilter, options: Options): Promise<void> => {
  const page = await desk.deadLetters({ ...filter, limit: numberOf('--limit', options.limit, { least: 1 }) ?? 100 });
  out.document(page);
  if (page.items.length === 0) return out.line('Nothing was given up');
  out.line(...letterTable(page.items));
  if (page.next !== null) out.line('There are more: hive dead-letters --limit N');
};

const letterTable = (letters: readonly DeadLetter[]): string[] =>
  table(
    ['id', 'kind', 'what', 'why', 'attempts', 'when'],
    letters.map((letter) => [
      shortId(letter.id),
      letter.kind === 'event' ? `event for ${oneLine(letter.subscription ?? '')}` : `task, ${letter.status}`,
      cut(oneLine(letter.what), 40),
      cut([letter.code, oneLine(letter.error)].filter(Boolean).join(': '), 60),
      String(letter.attempts),
      ago(letter.at, Date.now()),
    ]),
  );

const show = ({ out }: Cli, letter: DeadLetterDetail): void => {
  out.document(letter);
  out.line(...letterTable([letter]), '', visible(letter.error), '');
  out.line(
    ...table(
      null,
      letter.history.map(({ at, type, text }) => [at, type, cut(oneLine(text), 100)]),
    ),
  );
};

const act = async (
  { out }: Cli,
  desk: Desk,
  asked: {
    readonly verb: Verb;
    readonly id: string | undefined;
    readonly filter: DeadLetterFilter;
    readonly options: Options;
  },
): Promise<number> => {
  const { verb, id, filter, options } = asked;
  const limit = numberOf('--limit', options.limit, { least: 1, most: 1000 });
  const outcome = await desk[verb]({
    ...filter,
    by: personHere(),
    ...(id !== undefined && { id }),
    ...(options.all && { all: true as const }),
    ...(limit !== undefined && { limit }),
    ...(options.dryRun && { dryRun: true }),
    ...(options.note !== undefined && { note: options.note }),
  });
  out.document(outcome);
  const done = { redrive: 'tried again', discard: 'dropped' }[verb];
  if (outcome.items.length > 0) out.line(...letterTable(outcome.items));
  for (const { id: each, reason } of outcome.skipped) out.line(`${shortId(each)}  left as it is: ${oneLine(reason)}`);
  out.line(`${count(outcome.items.length, 'dead letter')} ${outcome.dryRun ? `would be ${done}` : done}`);
  if (outcome.left) out.line('There are more; the same command takes the next ones');
  return 0;
};
