import { createDeskCalls, type DeskClient } from '@hive/events';
import { offlineTraces } from './offline-traces.ts';
import { csrfHeader } from './session.ts';
import { turn } from '../ui/turns.ts';

/** What the control room asks of the front desk. Events are followed by the one stream of the tab instead. */
export type RoomDesk = Omit<DeskClient, 'follow'>;

/** How the desk is reached. `onUnpaired` is told when the server does not know this browser (any more). */
export type DeskOptions = {
  readonly onUnpaired: () => void;
  readonly fetch?: typeof fetch;
};

/** The front desk of the server that this page came from, with the session of this browser. Traces that were opened here are read without it too. */
export const createRoomDesk = ({ onUnpaired, fetch: own }: DeskOptions): RoomDesk => {
  const send = own ?? fetch.bind(globalThis);
  const desk = createDeskCalls({
    url: '',
    headers: csrfHeader,
    fetch: async (...request) => {
      await turn(); // a page asks for several things at once; each is a task of its own
      const response = await send(...request);
      if (response.status === 401) onUnpaired();
      return response;
    },
  });
  return { ...desk, ...offlineTraces(desk) };
};
