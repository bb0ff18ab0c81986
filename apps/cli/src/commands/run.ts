import { resolve } from 'node:path';
import { HiveError } from '@hive/errors';
import { readPlan } from '@hive/front-desk/plan-files';
import { defineCommand } from '../command.ts';
import { followThrough } from '../submit/follow-through.ts';
import { handInLater } from '../submit/hand-in-later.ts';
import { submitOptions } from '../submit/options.ts';
import { submitRequest, type SubmitOptions } from '../submit/request.ts';
import { timingOf, type TimingOptions } from '../submit/timing.ts';

export const run = defineCommand<SubmitOptions & TimingOptions>({
  name: 'run',
  args: [['<goal>', 'what is to be done, in your words']],
  says: 'Turn a goal into proven changes on a branch of its own, and follow until the end',
  options: [
    ...submitOptions,
    { flags: '--at <time>', says: 'later: +2h, 22:30, "2030-01-31 22:30" or 2030-01-31T22:30:00Z' },
    {
      flags: '--cron <fields>',
      says: 'again and again: minute, hour, day, month, weekday, for example "0 22 * * 1-5"',
    },
    { flags: '--zone <name>', says: 'whose clock --at and --cron are read on (default: this machine)' },
    { flags: '--missed <policy>', says: 'what was missed while Hive did not run: skip, once (default) or all[:N]' },
  ],
  examples: [
    'hive run "Fix the date parser" --check "npm test"',
    'hive run "Release chores" --plan plan.yaml --red-before not-needed',
  ],
  run: async (cli, [goal = ''], options) => {
    const plan = options.plan === undefined ? undefined : readPlan(resolve(cli.cwd, options.plan));
    const request = submitRequest({ goal, ...(plan && { plan }) }, options, resolve(cli.cwd, options.repo ?? '.'));
    const timing = timingOf(options, {
      now: new Date().toISOString(),
      zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    });
    if (timing?.cron !== undefined && request.until !== undefined)
      throw new HiveError(
        'input.invalid',
        '--until is one moment, and --cron hands in again and again: give one of them',
      );
    if (timing !== null) return handInLater(cli, { request, ...timing });
    return followThrough(cli, request, { detach: options.detach === true });
  },
});
