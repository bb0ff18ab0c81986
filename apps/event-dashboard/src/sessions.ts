import { createHmac, randomBytes } from 'node:crypto';
import { sameSecret } from './same-secret.ts';

const lastsMs = 30 * 24 * 3600 * 1000;

/** The session of a paired browser: the value of its cookie, and what its unsafe requests have to say. */
export type Session = { readonly value: string; readonly csrf: string };

/** Gives browsers sessions of their own and recognises them again, also after a restart. */
export type Sessions = {
  readonly cookie: string;
  readonly maxAgeS: number;
  issue(): Session;
  /** The session that a cookie's value belongs to; null for one that is forged or too old. */
  find(value: string): Session | null;
};

/**
 * Sessions that are signed with the token of this home, so that nothing has to be kept: a new token ends all of them.
 * The cookie's name differs by home, since browsers do not tell ports of one host apart.
 */
export const createSessions = (token: string, now: () => number = Date.now): Sessions => {
  const sign = (purpose: string, text: string) =>
    createHmac('sha256', token).update(`${purpose}\0${text}`).digest('base64url');
  const sessionOf = (facts: string): Session => ({
    value: `${facts}.${sign('session', facts)}`,
    csrf: sign('csrf', facts),
  });
  return {
    cookie: `hive-${sign('cookie', '').slice(0, 8)}`,
    maxAgeS: lastsMs / 1000,
    issue: () => sessionOf(`${randomBytes(16).toString('base64url')}.${now() + lastsMs}`),
    find: (value) => {
      const facts = value.slice(0, Math.max(value.lastIndexOf('.'), 0));
      const session = sessionOf(facts);
      const until = Number(facts.split('.')[1] ?? NaN);
      return sameSecret(session.value, value) && until > now() ? session : null;
    },
  };
};
