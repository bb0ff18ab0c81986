const leastMs = 1;

/**
 * Calls `act` at once, and then not before a pause is over, with all the bits that were asked for meanwhile; a bit that is new does not wait. A pause takes
 * a millisecond, and twice as long as the one before it while there is no end of asking, `mostMs` at most: so a call or two beside each other hardly
 * wait, and a storm of them is few.
 */
export const coalesce = (
  act: (bits: number) => void,
  mostMs: number,
): { readonly ask: (bits: number) => void; readonly stop: () => void } => {
  let pause: NodeJS.Timeout | null = null;
  let asked: number | null = null;
  /** What was told since the pause began. */
  let told = 0;
  const tell = (bits: number) => {
    told |= bits;
    asked = null;
    act(bits);
  };
  const rest = (ms: number) => {
    told = 0;
    pause = setTimeout(() => {
      pause = null;
      if (asked === null) return;
      rest(Math.min(mostMs, ms * 2));
      tell(asked);
    }, ms);
  };
  return {
    ask: (bits) => {
      const all = (asked ?? 0) | bits;
      if (pause === null) rest(Math.min(mostMs, leastMs));
      else if ((bits & ~told) === 0) {
        asked = all;
        return;
      }
      tell(all);
    },
    stop: () => {
      if (pause) clearTimeout(pause);
      pause = null;
    },
  };
};
