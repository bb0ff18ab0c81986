import type { HiveConfig } from '@hive/config';
import { changeOf, openRepo } from '@hive/workspace';

/** What a change is called: the subject of its commit or mail, else the files that it names. On another machine's Hive, the word that names it. */
export const changeGoal = async (
  config: HiveConfig,
  repo: string,
  change: { readonly patch: string } | { readonly name: string },
): Promise<string> => {
  if (config.remote.url !== null) return 'name' in change ? change.name : 'A patch';
  const submitted =
    'name' in change
      ? ({ kind: 'rev', ...change } as const)
      : ({ kind: 'patch', bytes: Buffer.from(change.patch) } as const);
  return (await changeOf(await openRepo(repo), submitted)).title;
};
