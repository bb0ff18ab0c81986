import { createDeskCalls } from '@hive/events';
import { csrfKey } from './session.ts';

/** What came of handing in a code. */
export type Pairing = { readonly paired: true } | { readonly paired: false; readonly reason: string };

/** Exchanges a one-time code for the session of this browser. A code works once and for a short time. */
export const pair = async (code: string, send: typeof fetch = fetch.bind(globalThis)): Promise<Pairing> => {
  try {
    const { csrf } = await createDeskCalls({ url: '', fetch: send }).pair(code);
    localStorage.setItem(csrfKey, csrf);
    return { paired: true };
  } catch (error) {
    const isAway = !(error instanceof Error) || ('code' in error && error.code === 'hive.unreachable');
    return { paired: false, reason: isAway ? 'Hive does not answer.' : error.message };
  }
};
