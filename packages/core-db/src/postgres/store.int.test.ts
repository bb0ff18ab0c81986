import { storeContract, testPostgres } from '../testing/index.ts';

storeContract('PostgreSQL', async () => {
  const { url, drop } = await testPostgres();
  return { options: { url, home: '' }, remove: drop };
});
