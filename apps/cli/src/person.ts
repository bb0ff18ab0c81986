import { hostname, userInfo } from 'node:os';

/** Who sits at this terminal, as they are shown to others beside what they did. */
export const personHere = (): string => {
  try {
    return `${userInfo().username}@${hostname()}`;
  } catch {
    return `somebody@${hostname()}`; // a user id without a name, as containers have it
  }
};
