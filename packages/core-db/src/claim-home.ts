import { homeIdOf, otherHome } from './home-mark.ts';
import type { OpenOptions } from './open-store.ts';

/**
 * Makes sure that a database on a server is used with one home, as a SQLite file is by lying in it: the first home that opens it is written down.
 * Call it before anything is stored. Throws `config.invalid` on another home, and the errors of the store.
 */
export const claimHome = async ({ url, home }: Pick<OpenOptions, 'url' | 'home'>): Promise<void> => {
  if (url === undefined) return;
  const id = homeIdOf(home);
  const { registerHome } = await import('./postgres/register-home.ts');
  const found = await registerHome(url, id);
  if (found.id !== id) throw otherHome(home, found);
};
