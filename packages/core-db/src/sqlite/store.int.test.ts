import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore } from '../open-store.ts';
import { storeContract } from '../testing/index.ts';

storeContract('SQLite', async () => {
  const home = await mkdtemp(join(tmpdir(), 'hive-store-'));
  return {
    open: () => openStore({ home }),
    options: { home },
    remove: () => rm(home, { recursive: true, force: true }),
  };
});
