import { createMemory, openMemory } from '../memory/store.ts';
import { storeContract } from '../testing/index.ts';

storeContract(
  'memory',
  () => {
    const memory = createMemory({ now: () => Date.now() });
    return Promise.resolve({ open: () => Promise.resolve(openMemory(memory)), options: null, remove: async () => {} });
  },
  { alone: true },
);
