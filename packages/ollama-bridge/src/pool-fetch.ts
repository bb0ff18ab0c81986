import { lookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { Agent, fetch as undiciFetch } from 'undici';
import { isPrivateAddress, plainHttpRefused } from '@hive/llm';

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
const agents = { 'https:': new Agent(patient), 'http:': new Agent({ ...patient, connect: { lookup: privateOnly } }) };

/**
 * A `fetch` that waits as long as its signal lets it. A name that plain HTTP is used with must lead to private addresses only;
 * that is looked at when the connection is made.
 */
export const createPoolFetch = ({ protocol }: URL): typeof fetch => {
  const dispatcher = protocol === 'https:' ? agents['https:'] : agents['http:'];
  // undici's fetch is the one that Node's is made of; only the declarations differ.
  return ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher })) as unknown as typeof fetch;
};
