import { duration } from '../../ui/duration.ts';

/** How long something can still be decided: `expires in 3 h 12 m`. */
export const until = (at: string, now = Date.now()): string => {
  const left = Date.parse(at) - now;
  return left <= 0 ? 'expired' : `expires in ${duration(Math.max(1000, left))}`;
};
