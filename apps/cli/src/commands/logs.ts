import { closeSync, existsSync, fstatSync, openSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { HiveError } from '@hive/errors';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { logLine } from '../follow/log-line.ts';
import { logPath } from '../supervisor/log-file.ts';
import { numberOf } from './number-of.ts';

type Options = { readonly follow?: boolean; readonly lines?: string };

const lookMs = 250;
const tailBytes = 1_000_000;

export const logs = defineCommand<Options>({
  name: 'logs',
  args: [['[agent]', 'for example worker-1; without it all processes']],
  says: 'Show what the processes logged',
  options: [
    { flags: '-f, --follow', says: 'go on with every new line until Ctrl-C' },
    { flags: '-n, --lines <n>', says: 'how many lines of each log to begin with (default: 50)' },
  ],
  examples: ['hive logs -f', 'hive logs worker-1 -n 200'],
  run: async (cli, [agent], options) => {
    const { home } = await cli.config();
    const names = agent === undefined ? namesIn(home) : [nameIn(home, agent)];
    if (names.length === 0) cli.out.line(`No logs in ${join(home, 'logs')} yet; hive up writes them`);
    const count = numberOf('--lines', options.lines) ?? 50;
    const tails = names.map((name) => tailOf(name, logPath(home, name)));
    const begun = tails.flatMap((tail) => {
      const lines = tail.next();
      return lines.slice(Math.max(0, lines.length - count)).map((line) => ({ name: tail.name, line }));
    });
    for (const { name, line } of begun.toSorted((a, b) => timeOf(a.line).localeCompare(timeOf(b.line))))
      tell(cli, name, line);
    if (!options.follow) return 0;
    while (!cli.interrupted.aborted) {
      await delay(lookMs, undefined, { signal: cli.interrupted }).catch(() => undefined);
      for (const tail of tails) for (const line of tail.next()) tell(cli, tail.name, line);
    }
    return 130;
  },
});

const namesIn = (home: string): string[] => {
  const folder = join(home, 'logs');
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => file.endsWith('.log'))
    .map((file) => file.slice(0, -'.log'.length))
    .sort();
};

const nameIn = (home: string, agent: string): string => {
  const names = namesIn(home);
  if (names.includes(agent)) return agent;
  throw new HiveError(
    'input.unknown_id',
    `There is no log of ${agent}; there ${names.length === 0 ? 'are none yet' : `is ${names.join(', ')}`}`,
  );
};

/** The lines of a file that were not read yet: at first those of its last megabyte, and from the start again when it was emptied. */
const tailOf = (name: string, path: string): { readonly name: string; next(): string[] } => {
  let offset: number | null = null;
  let half = '';
  return {
    name,
    next: () => {
      const fd = openSync(path, 'r');
      try {
        const { size } = fstatSync(fd);
        const isFirst = offset === null;
        const from = offset === null ? Math.max(0, size - tailBytes) : offset <= size ? offset : 0;
        const bytes = Buffer.alloc(size - from);
        offset = from + readSync(fd, bytes, 0, bytes.length, from);
        const lines = (half + bytes.toString('utf8')).split('\n');
        half = lines.pop() ?? '';
        return isFirst && from > 0 ? lines.slice(1) : lines;
      } finally {
        closeSync(fd);
      }
    },
  };
};

const timeOf = (line: string): string => /"time":"([^"]+)"/.exec(line)?.[1] ?? '';

const tell = ({ out }: Cli, name: string, line: string): void => {
  if (line === '') return;
  out.item({ log: name, line });
  out.line(logLine(name, line, out.colour));
};
