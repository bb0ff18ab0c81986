/** Resolves when nothing is painted and nobody waits, or after `patienceMs` all the same. A browser without such moments waits a little. */
export const whenIdle = (patienceMs = 1000): Promise<void> =>
  new Promise((resolve) => {
    if ('requestIdleCallback' in globalThis) requestIdleCallback(() => resolve(), { timeout: patienceMs });
    else setTimeout(resolve, 200);
  });
