/** The part of Trusted Types that is used; TypeScript's own library does not know them. */
type TrustedTypes = {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
};

/** Only code of this very build becomes a worker; the development server has its files elsewhere. */
const admitted = (url: string): string => {
  const { origin, pathname } = new URL(url, location.href);
  if (origin !== location.origin || (!import.meta.env.DEV && !pathname.startsWith('/assets/')))
    throw new TypeError('Only workers of Hive may be started');
  return url;
};

let policy: { createScriptURL(url: string): string } | undefined;

/**
 * The address of a worker's code, in the form that Trusted Types ask for. `url` comes from an import that ends in `?worker&url` or
 * `?sharedworker&url`. A policy can be made once in a page, so every worker goes through here.
 */
export const workerUrl = (url: string): string => {
  const { trustedTypes } = globalThis as { trustedTypes?: TrustedTypes };
  if (!trustedTypes) return admitted(url);
  policy ??= trustedTypes.createPolicy('hive-worker', { createScriptURL: admitted });
  return policy.createScriptURL(url);
};
