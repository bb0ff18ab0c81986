import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, request } from 'undici';
import { directFetch, isPrivateAddress, plainHttpRefused } from '@hive/llm';

const privateOnly: LookupFunction = (hostname, options, done) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return done(error, '');
    const foreign = addresses.some(({ address }) => !isPrivateAddress(address));
    const first = addresses[0];
    if (foreign || !first) return done(plainHttpRefused(hostname), '');
    return options.all ? done(null, addresses) : done(null, first.address, first.family);
  });
};

/** No time limits of its own: Node's fetch gives up after 300 s without headers, and the box then aborts the load of its model. */
const patient = { headersTimeout: 0, bodyTimeout: 0 };

/** Whoever connects by a scheme. */
const agents = {
  https: new Agent(patient),
  http: new Agent({ ...patient, connect: { lookup: privateOnly } }),
};

/** Asks with the patience that a box needs. */
export const fetchBy = (scheme: keyof typeof agents): typeof fetch =>
  directFetch((url, asked) => request(url, { ...asked, dispatcher: agents[scheme] }));
