const reloadedKey = 'hive-chunk-reload';

/**
 * A chunk that is gone from the server means that this page is old: load it anew, once for each build, so that the next deployment heals too.
 * While the server does not answer, the page stays: what it shows is more than a browser's error page.
 */
export const reloadOnMissingChunk = (): void => {
  addEventListener('vite:preloadError', () => void healOnce());
};

const healOnce = async (): Promise<void> => {
  const build = document.querySelector<HTMLScriptElement>('script[type="module"]')?.src ?? '';
  if (sessionStorage.getItem(reloadedKey) === build) return;
  const answer = await fetch('/robots.txt', { cache: 'no-store' }).catch(() => null);
  if (!answer?.ok) return;
  sessionStorage.setItem(reloadedKey, build);
  location.reload();
};
