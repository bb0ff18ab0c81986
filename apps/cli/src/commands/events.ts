import { HiveError } from '@hive/errors';
import type { HiveEvent } from '@hive/events';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { eventText, streamText } from '../follow/event-text.ts';
import { numberOf } from './number-of.ts';
import { clock } from '../terminal/figures.ts';
import { oneLine } from '../terminal/visible.ts';
import { padEnd } from '../terminal/width.ts';

type Options = {
  readonly follow?: boolean;
  readonly type?: readonly string[];
  readonly after?: string;
  readonly limit?: string;
};

const limitOf = 50;

export const events = defineCommand<Options>({
  name: 'events',
  says: 'Show recorded events in log order; the newest ones without --after',
  options: [
    { flags: '-f, --follow', says: 'go on with every new event until Ctrl-C' },
    {
      flags: '--type <pattern>',
      says: 'only these, for example task.* or workflow.submitted; may be given several times',
      many: true,
    },
    { flags: '--after <position>', says: 'begin after this position; 0 is the beginning of the log' },
    { flags: '--limit <n>', says: `how many at most without -f (default: ${limitOf})` },
  ],
  examples: ['hive events -f', 'hive events --type "task.*" --after 0 --json'],
  run: (cli, _, options) =>
    withDesk(cli, async (desk) => {
      const after = numberOf('--after', options.after);
      const types = (options.type ?? []).map(patternOf);
      const filter = { ...(types.length > 0 && { types }), ...(after !== undefined && { after }) };
      if (options.follow) {
        for await (const event of desk.follow(filter, cli.interrupted)) tell(cli, event);
        return cli.interrupted.aborted ? 130 : 0;
      }
      const limit = numberOf('--limit', options.limit, { least: 1 }) ?? limitOf;
      const page = await desk.events({ ...filter, limit, newest: after === undefined });
      for (const event of after === undefined ? page.items.toReversed() : page.items) tell(cli, event);
      return 0;
    }),
});

const patternOf = (text: string): string => {
  if (/^(\*|[a-z]+\.(\*|[a-z_]+))$/.test(text)) return text;
  throw new HiveError(
    'input.invalid',
    `--type takes a type or pattern such as task.merged, task.* or *, and found ${text}`,
  );
};

const tell = ({ out }: Pick<Cli, 'out'>, event: HiveEvent): void => {
  out.item(event);
  const { colour } = out;
  out.line(
    `${String(event.position).padStart(6)}  ${clock(event.at, { millis: true })}  ${padEnd(event.type, 26)}  ` +
      `${padEnd(streamText(event), 20)}  ${colour.dim(padEnd(oneLine(event.actor), 22))}  ${eventText(event)}`.trimEnd(),
  );
};
