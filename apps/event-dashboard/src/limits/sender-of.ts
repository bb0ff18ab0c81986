import type { IncomingMessage } from 'node:http';
import type { Context } from 'hono';

/** The address that a request came from: of the connection, since whatever a header says anybody can say. Empty where there is no connection. */
export const senderOf = (c: Context): string => {
  const { incoming } = (c.env ?? {}) as { incoming?: IncomingMessage }; // what @hono/node-server hands over; absent without a socket
  return incoming?.socket?.remoteAddress ?? '';
};
