import { createBus, newId } from '@hive/bus';
import { openStore, type Store } from '@hive/core-db';
import { streams } from '@hive/events';
import type { Place } from './contender.ts';

/** The store of a place. */
export const openPlace = ({ url, home, synchronous }: Place): Promise<Store> =>
  openStore({ home, ...(url !== undefined && { url }), ...(synchronous === 'NORMAL' && { synchronous: 'normal' }) });

/** Appends one event of about 500 bytes to a stream of its own, by the public call. */
export const appender = (
  store: Store,
): { readonly append: () => Promise<void>; readonly close: () => Promise<void> } => {
  const bus = createBus(store, 'bench/appender');
  const capabilities = Array.from({ length: 20 }, (_, i) => `capability-${i}`);
  return {
    append: async () => {
      const id = newId();
      const data = {
        agent: 'bench',
        incarnation: id,
        role: 'worker',
        host: 'here',
        pid: 1,
        version: '0',
        capabilities,
      };
      await bus.command({
        on: null,
        correlationId: id,
        events: [{ type: 'agent.registered', stream: streams.agent(id), data }],
      });
    },
    close: async () => {
      bus.close();
      await store.close();
    },
  };
};
