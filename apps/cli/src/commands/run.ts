import { resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { followThrough } from '../submit/follow-through.ts';
import { submitOptions } from '../submit/options.ts';
import { readPlan } from '../submit/read-plan.ts';
import { submitRequest, type SubmitOptions } from '../submit/request.ts';

export const run = defineCommand<SubmitOptions>({
  name: 'run',
  args: [['<goal>', 'what is to be done, in your words']],
  says: 'Turn a goal into proven changes on a branch of its own, and follow until the end',
  options: submitOptions,
  examples: [
    'hive run "Fix the date parser" --check "npm test"',
    'hive run "Release chores" --plan plan.yaml --red-before not-needed',
  ],
  run: async (cli, [goal = ''], options) => {
    const plan = options.plan === undefined ? undefined : readPlan(resolve(cli.cwd, options.plan));
    const request = submitRequest({ goal, ...(plan && { plan }) }, options, resolve(cli.cwd, options.repo ?? '.'));
    return followThrough(cli, request, { detach: options.detach === true });
  },
});
