import { globalAgent } from 'node:https';
import { Agent, EnvHttpProxyAgent, request } from 'undici';
import { directFetch } from '@hive/llm';

/** No time limits of its own: the guard of a call bounds every wait. */
const patient = { headersTimeout: 0, bodyTimeout: 0 };

/** Whoever told Node to go through the proxies of the environment (`NODE_USE_ENV_PROXY=1`) means these calls too. */
const proxied = 'proxyEnv' in globalAgent.options && globalAgent.options.proxyEnv !== undefined;
const dispatcher = proxied ? new EnvHttpProxyAgent(patient) : new Agent(patient);

/** How this machine asks, where nobody gives another way. */
export const nodeFetch = directFetch((url, asked) => request(url, { ...asked, dispatcher }));
