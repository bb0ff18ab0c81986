import type { Desk } from '@hive/events';
import { addRemote, assertHomeOutside, openRepo } from '@hive/workspace';

/** Lets the repository that a folder is in be pushed to. Throws `repo.invalid` or `repo.no_commits`. */
export const createAddRemote =
  ({ home }: { readonly home: string }): Desk['addRemote'] =>
  async ({ repo: dir }) => {
    const repo = await openRepo(dir);
    await assertHomeOutside(home, repo);
    const { name, root } = await addRemote(home, repo.root);
    const branch = repo.headRef?.replace(/^refs\/heads\//, '') ?? null;
    return { name, repo: root, path: `/git/${name}.git`, branch };
  };
