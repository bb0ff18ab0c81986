import Anthropic from '@anthropic-ai/sdk';

/** Whom to ask, and as whom. */
export type Access = { readonly apiKey: string; readonly baseURL: string };

/** A client for one call. Every option is given: what is left out, it reads from the environment or from a profile on disk. */
export const clientFor = ({ apiKey, baseURL }: Access, send: typeof fetch): Anthropic =>
  new Anthropic({
    apiKey,
    authToken: null,
    webhookKey: null,
    baseURL,
    maxRetries: 0,
    // Its timeout covers the headers only; the guard bounds every wait.
    timeout: 2 ** 31 - 1,
    logLevel: 'off',
    openTelemetry: false,
    fetch: (url, init) => send(url, { ...init, headers: ownHeaders(init?.headers, apiKey) }),
  });

const own = /^(accept|content-type|user-agent|anthropic-version|x-stainless-.+)$/;

/** No option keeps the client from adding what ANTHROPIC_CUSTOM_HEADERS says, so only its own headers pass, and our key. */
const ownHeaders = (given: ConstructorParameters<typeof Headers>[0], apiKey: string): Record<string, string> => ({
  ...Object.fromEntries([...new Headers(given)].filter(([name]) => own.test(name))),
  authorization: `Bearer ${apiKey}`,
});
