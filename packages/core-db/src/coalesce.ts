/**
 * Calls `act` at once, then at most once per `everyMs` for as long as it is asked to; then with all the bits that were asked for meanwhile.
 */
export const coalesce = (
  act: (bits: number) => void,
  everyMs: number,
): { readonly ask: (bits: number) => void; readonly stop: () => void } => {
  let pause: NodeJS.Timeout | null = null;
  let asked: number | null = null;
  const rest = () => {
    pause = setTimeout(() => {
      pause = null;
      if (asked === null) return;
      const bits = asked;
      asked = null;
      rest();
      act(bits);
    }, everyMs);
  };
  return {
    ask: (bits) => {
      if (pause) {
        asked = (asked ?? 0) | bits;
        return;
      }
      rest();
      act(bits);
    },
    stop: () => {
      if (pause) clearTimeout(pause);
      pause = null;
    },
  };
};
