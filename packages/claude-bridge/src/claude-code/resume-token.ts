import { HiveError } from '@hive/errors';

/** What a session had used up, because a resumed one counts on from there. */
export type Totals = {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly usd: number;
};
type Session = { readonly session: string; readonly totals: Totals };

/** How a session is named to callers: opaque text that knows its totals. */
export const resumeToken = (session: Session): string => JSON.stringify(session);

/** Reads what {@link resumeToken} wrote. Throws `model.bad_request`. */
export const parseResume = (token: string | undefined): Session | undefined => {
  if (token === undefined) return undefined;
  try {
    const { session, totals } = JSON.parse(token) as Session;
    // The id becomes an argument of a command.
    if (/^[\w-]{1,100}$/.test(session) && !session.startsWith('-') && typeof totals.output === 'number')
      return { session, totals };
  } catch {
    // Said below.
  }
  throw new HiveError('model.bad_request', 'The session to resume is not one that Claude Code gave');
};
