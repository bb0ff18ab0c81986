import { randomBytes } from 'node:crypto';
import type { Role } from '@hive/events';
import { sameSecret } from './same-secret.ts';

const livesMs = 2 * 60 * 1000;
const maxTries = 5;
const maxOpen = 20;

/** One-time codes that let a browser in. */
export type PairCodes = {
  /** `until`: when it is void, in milliseconds. */
  issue(gives?: Partial<Given>): { readonly code: string; readonly until: number };
  /** What a code gives, once, for one that was issued in the last two minutes; else null. After five wrong ones, all open codes are void. */
  redeem(code: string): Given | null;
};

/** What a browser is let in as. `name` null: as what it says it is. */
export type Given = { readonly role: Role; readonly name: string | null };

/** Codes live in this process only: a restart voids them. */
export const createPairCodes = (now: () => number = Date.now): PairCodes => {
  let open: { readonly code: string; readonly until: number; readonly gives: Given }[] = [];
  let tries = 0;
  return {
    issue: ({ role = 'owner', name = null } = {}) => {
      const made = { code: randomBytes(16).toString('base64url'), until: now() + livesMs };
      open = [...open.filter(({ until }) => until > now()), { ...made, gives: { role, name } }].slice(-maxOpen);
      tries = 0;
      return made;
    },
    redeem: (code) => {
      open = open.filter(({ until }) => until > now());
      const found = open.find((it) => sameSecret(it.code, code));
      if (found) {
        open = open.filter((it) => it !== found);
        return found.gives;
      }
      tries += 1;
      if (tries >= maxTries) open = [];
      return null;
    },
  };
};
