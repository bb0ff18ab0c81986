import { createDeskClient, type Desk } from '@hive/events';
import { csrfHeader } from './session.ts';

/** What the control room asks of the front desk. */
export type RoomDesk = Pick<Desk, 'workflows' | 'traces' | 'trace' | 'events' | 'agents' | 'report'>;

/** How the desk is reached. `onUnpaired` is told when the server does not know this browser (any more). */
export type DeskOptions = {
  readonly onUnpaired: () => void;
  readonly fetch?: typeof fetch;
};

/** The front desk of the server that this page came from, with the session of this browser. */
export const createRoomDesk = ({ onUnpaired, fetch: own }: DeskOptions): RoomDesk => {
  const send = own ?? fetch.bind(globalThis);
  return createDeskClient({
    url: '',
    headers: csrfHeader,
    fetch: async (...request) => {
      const response = await send(...request);
      if (response.status === 401) onUnpaired();
      return response;
    },
  });
};
