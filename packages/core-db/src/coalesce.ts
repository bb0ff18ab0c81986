/** Calls `act` at once, then at most once per `everyMs` for as long as it is asked to. */
export const coalesce = (act: () => void, everyMs: number): { readonly ask: () => void; readonly stop: () => void } => {
  let pause: NodeJS.Timeout | null = null;
  let asked = false;
  const rest = () => {
    pause = setTimeout(() => {
      pause = null;
      if (!asked) return;
      asked = false;
      rest();
      act();
    }, everyMs);
  };
  return {
    ask: () => {
      if (pause) {
        asked = true;
        return;
      }
      rest();
      act();
    },
    stop: () => {
      if (pause) clearTimeout(pause);
      pause = null;
    },
  };
};
