const load = () => import('./patient-agents.ts');

let loading: ReturnType<typeof load> | undefined;

/** A megabyte that no process needs before it asks a box. Whoever gives a box little time loads it before the time runs. */
export const loadPoolFetch = () => (loading ??= load());

/**
 * A `fetch` that waits as long as its signal lets it. A name that plain HTTP is used with must lead to private addresses only;
 * that is looked at when the connection is made.
 */
export const createPoolFetch = ({ protocol }: URL): typeof fetch => {
  const scheme = protocol === 'https:' ? 'https' : 'http';
  let send: typeof fetch | undefined;
  return async (url, init) => {
    send ??= (await loadPoolFetch()).fetchBy(scheme);
    return send(url, init);
  };
};
