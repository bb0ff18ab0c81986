import type { HiveConfig } from '@hive/config';
import { changeOf, openRepo } from '@hive/workspace';

/** What a change is called: the subject of its commit or mail, else the files that it names. On another machine's Hive, the word that names it. */
export const changeGoal = async (
  config: HiveConfig,
  repo: string,
  change: { readonly patch: string } | { readonly name: string; readonly base: string | undefined },
): Promise<string> => {
  if (config.remote.url !== null) return 'name' in change ? change.name : 'A patch';
  const opened = await openRepo(repo);
  const { title } =
    'name' in change
      ? await changeOf(opened, { kind: 'rev', name: change.name }, change.base)
      : await changeOf(opened, { kind: 'patch', bytes: Buffer.from(change.patch) });
  return title;
};
