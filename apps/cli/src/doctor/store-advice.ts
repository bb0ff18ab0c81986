import { horizonText, walText } from '@hive/agent-kit';
import type { Store } from '@hive/core-db';
import { bytes } from '../terminal/figures.ts';
import type { Finding } from './advice.ts';

/** Shorter than this nobody notices that readers wait. */
const patienceMs = 2_000;

/** A log of SQLite that is longer than this is not being emptied. */
const longLogBytes = 64_000_000;

/** How the store is: its place and size, a pooler in between, who holds back its readers, and readers that hold it back. */
export const storeAdvice = async (store: Pick<Store, 'about' | 'horizon'>): Promise<Finding[]> => {
  const [about, horizon] = await Promise.all([store.about(), store.horizon?.()]);
  const says = `${about.database} ${about.version}, ${bytes(about.bytes)}`;
  return [
    about.pooled
      ? {
          about: 'database',
          status: 'absent',
          says: `${says}, through a pooler that lends sessions: no locks and no rings`,
          todo: 'Hive looks once a second, and a dead worker is noticed when its lease ends; let HIVE_DATABASE_URL name the database itself',
        }
      : { about: 'database', status: 'ok', says },
    ...(horizon && horizon.lagMs > patienceMs
      ? [
          {
            about: 'readers',
            status: 'broken' as const,
            says: horizonText(horizon),
            todo: 'end that transaction, or have its program commit more often',
          },
        ]
      : []),
    ...((about.walBytes ?? 0) > longLogBytes
      ? [{ about: 'readers', status: 'absent' as const, says: walText(about.walBytes ?? 0) }]
      : []),
  ];
};
