import { randomBytes } from 'node:crypto';
import { sameSecret } from './same-secret.ts';

const livesMs = 2 * 60 * 1000;
const maxTries = 5;
const maxOpen = 20;

/** One-time codes that let a browser in. */
export type PairCodes = {
  issue(): string;
  /** True once for a code that was issued in the last two minutes. After five wrong ones, all open codes are void. */
  redeem(code: string): boolean;
};

/** Codes live in this process only: a restart voids them. */
export const createPairCodes = (now: () => number = Date.now): PairCodes => {
  let open: { readonly code: string; readonly until: number }[] = [];
  let tries = 0;
  return {
    issue: () => {
      const code = randomBytes(16).toString('base64url');
      open = [...open.filter(({ until }) => until > now()), { code, until: now() + livesMs }].slice(-maxOpen);
      tries = 0;
      return code;
    },
    redeem: (code) => {
      open = open.filter(({ until }) => until > now());
      const found = open.find((it) => sameSecret(it.code, code));
      if (found) {
        open = open.filter((it) => it !== found);
        return true;
      }
      tries += 1;
      if (tries >= maxTries) open = [];
      return false;
    },
  };
};
