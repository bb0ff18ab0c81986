import { openStore } from '../open-store.ts';
import { storeContract, testPostgres } from '../testing/index.ts';

storeContract('PostgreSQL', async () => {
  const { url, drop } = await testPostgres();
  const options = { url, home: '' };
  return { open: () => openStore(options), options, remove: drop };
});
