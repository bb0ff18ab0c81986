const touches = ['pointerdown', 'keydown', 'wheel'] as const;

/**
 * Resolves when no hand did anything for `restMs`, counted from now; after `patienceMs` all the same. For work of seconds that nobody waits for: an
 * idle moment is too short for it.
 */
export const whenRested = (restMs = 2000, patienceMs = 20_000): Promise<void> =>
  new Promise((resolve) => {
    const rested = () => {
      clearTimeout(resting);
      clearTimeout(patience);
      for (const type of touches) removeEventListener(type, touched, { capture: true });
      resolve();
    };
    const touched = () => {
      clearTimeout(resting);
      resting = setTimeout(rested, restMs);
    };
    let resting = setTimeout(rested, restMs);
    const patience = setTimeout(rested, patienceMs);
    for (const type of touches) addEventListener(type, touched, { capture: true, passive: true });
  });
