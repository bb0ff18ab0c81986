import type { Env, HiveConfig } from '@hive/config';
import { HiveError } from '@hive/errors';
import type { Store } from '@hive/core-db';
import type { Desk, Submitted } from '@hive/events';
import { submittedUnder, type Submit } from './submit.ts';

/** Where the bundled examples lie, and the environment that git is found in. */
export type Examples = { readonly folder: string; readonly env: Env };

/** Runs the bundled example for a person who has nothing to hand in yet. One after the other: all of them have the same repository. */
export const createExamples = (
  store: Store,
  submit: Submit,
  { config, examples }: { readonly config: Pick<HiveConfig, 'home'>; readonly examples: Examples | undefined },
): Pick<Desk, 'runExample'> => {
  let before: Promise<unknown> = Promise.resolve();

  const run = async (key: string | undefined): Promise<Submitted> => {
    if (!examples) throw new HiveError('input.state', 'The bundled examples are not within reach of this process');
    const made = key === undefined ? null : await submittedUnder(store, key);
    if (made) return made;
    // Loaded when it is wanted: it reads YAML, which nothing else here does.
    const { exampleRequest } = await import('./example/index.ts');
    const request = await exampleRequest(examples.folder, config, examples.env);
    return submit(request, key === undefined ? {} : { key });
  };

  return {
    runExample: ({ key } = {}) => {
      const mine = before.then(() => run(key));
      before = mine.catch(() => undefined);
      return mine;
    },
  };
};
