import { connect, isIP, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Env } from '../command/environment.ts';
import { isPublic } from './address.ts';
import type { Grant } from './grants.ts';
import { upstreamFor } from './upstream.ts';

/** Why a connection was not made: `refused` by rule, or `failed` although it was allowed. */
export class NotDialed extends Error {
  override readonly name = 'NotDialed';
  readonly kind: 'refused' | 'failed';

  constructor(kind: 'refused' | 'failed', message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Answers all addresses of a name. */
export type Resolve = (host: string) => Promise<readonly string[]>;

/** Opens connections to hosts that were granted. */
export type Dial = (
  target: { readonly scheme: 'http' | 'https'; readonly host: string; readonly port: number },
  grant: Grant,
) => Promise<{ readonly socket: Socket; readonly upstream: URL | null }>;

const connectMs = 15_000;
/** Behind a proxy names often do not resolve; that is not waited for. */
const behindProxyMs = 2_000;

/**
 * A dialer for one command. It resolves a name once for all of its connections, refuses what is not in public unless the user named the
 * host as a registry, and connects to the address that it has checked. With a proxy of the user's the name goes there.
 */
export const createDial = (resolve: Resolve, env: Env): Dial => {
  const known = new Map<string, Promise<readonly string[] | null>>();
  const addressesOf = (host: string) => {
    if (isIP(host)) return Promise.resolve([host]);
    const asked = known.get(host) ?? resolve(host).catch(() => null);
    known.set(host, asked);
    return asked;
  };
  return async ({ scheme, host, port }, grant) => {
    const upstream = upstreamFor(env, { scheme, host, port });
    const asked = addressesOf(host);
    const found = await (upstream ? Promise.race([asked, delay(behindProxyMs, null, { ref: false })]) : asked);
    const good = grant.registry ? found : (found?.filter(isPublic) ?? null);
    if (found !== null && found.length > 0 && good?.length === 0)
      throw new NotDialed('refused', 'it has an address that is not public');
    if (upstream) {
      const socket = await connectTo([upstream.hostname.replace(/^\[|\]$/g, '')], Number(upstream.port || 80));
      return { socket, upstream };
    }
    if (good === null || good.length === 0) throw new NotDialed('failed', 'its name could not be resolved');
    return { socket: await connectTo(good, port), upstream: null };
  };
};

const connectTo = async (addresses: readonly string[], port: number): Promise<Socket> => {
  let last = 'it has no address';
  for (const host of addresses) {
    const socket = connect({ host, port, autoSelectFamily: false });
    const error = await new Promise<Error | null>((done) => {
      socket.setTimeout(connectMs, () => done(new Error(`no answer within ${connectMs / 1000} s`)));
      socket.once('error', done).once('connect', () => done(null));
    });
    if (error === null) return socket.setTimeout(0);
    socket.destroy();
    last = error.message;
  }
  throw new NotDialed('failed', last);
};
