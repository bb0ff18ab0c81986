import { createHub, type Hub } from './hub.ts';
import { logPages } from './log-pages.ts';

/** A hub in this page or worker, over the network as it is. */
export const runHub = (): Hub => {
  const hub = createHub({
    open: (url) => new EventSource(url),
    pages: logPages(),
    online: () => navigator.onLine,
  });
  addEventListener('online', () => hub.setOnline(true));
  addEventListener('offline', () => hub.setOnline(false));
  return hub;
};
