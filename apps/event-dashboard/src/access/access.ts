import { createHash, randomBytes } from 'node:crypto';
import { HiveError } from '@hive/errors';
import type { DeviceSummary, Role, SessionSummary, TokenMade, TokenRequest, TokenSummary } from '@hive/events';
import type { KeyFile, Keys, StoredDevice, StoredToken } from './key-file.ts';
import { rightsOf } from './permissions.ts';
import { sameSecret } from './same-secret.ts';

/** Whoever asks, found by what they brought. `revoked` is aborted when they are let in no more; open streams end with it. */
export type Principal = {
  readonly kind: SessionSummary['kind'];
  readonly id: string | null;
  readonly name: string;
  readonly role: Role;
  readonly revoked: AbortSignal;
};

/** A paired browser: what its unsafe requests have to say. */
export type Session = Principal & { readonly csrf: string };

/** A session that was just made, with the value of its cookie. */
export type Issued = { readonly value: string; readonly csrf: string; readonly device: StoredDevice };

/** Who may come in: the token of the home, browsers that were paired, and tokens of programs. */
export type Access = {
  /** The name of the cookie; it differs by home, since browsers do not tell ports of one host apart. */
  readonly cookie: string;
  /** For how long a browser that does not come is remembered. */
  readonly idleS: number;
  /** Whom a bearer token belongs to; null for one that is unknown, revoked or over. */
  bearer(token: string): Principal | null;
  /** Whom a cookie's value belongs to; null likewise. */
  session(value: string): Session | null;
  /** Whether a cookie's value is that of a browser which was shut out. One whose time was over may come back, and keeps what it has. */
  wasRevoked(value: string): boolean;
  /** Lets a browser in. One that is paired already (`known`) stays the same device and gets a new session. */
  issue(browser: { readonly name: string; readonly role: Role; readonly known?: string | undefined }): Issued;
  devices(): readonly StoredDevice[];
  /** Throws `input.unknown_id`, as all that name a device or token. */
  device(id: string): StoredDevice;
  shown(device: StoredDevice, asking: Pick<Principal, 'kind' | 'id'>): DeviceSummary;
  rename(id: string, name: string): StoredDevice;
  revokeDevice(id: string): StoredDevice;
  tokens(): readonly TokenSummary[];
  token(id: string): StoredToken;
  createToken(request: TokenRequest): TokenMade;
  revokeToken(id: string): TokenSummary;
  /** Writes down what was only counted until now. */
  flush(): void;
};

/** What access stands on. */
export type AccessOptions = {
  /** That of the home, which owns everything. */
  readonly token: string;
  readonly file: KeyFile;
  /** How long a browser is let in that does not come; default 30 days. */
  readonly idleMs?: number;
  readonly now?: () => number;
};

const dayMs = 24 * 3600 * 1000;
/** A last visit is told to the minute, so that a page which is looked at does not write all the time. */
const seenMs = 60_000;
const mostKeys = 500;

const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');
const newId = (): string => randomBytes(6).toString('hex');
const newSecret = (): string => randomBytes(32).toString('base64url');
const never = new AbortController().signal;

/** Opens what is kept in `file`. Everything that lets somebody in or out is on the disk before it is answered. */
export const createAccess = ({ token, file, idleMs = 30 * dayMs, now = Date.now }: AccessOptions): Access => {
  let keys: Keys = file.read();
  let isDirty = false;
  const ends = new Map<string, AbortController>();
  const iso = () => new Date(now()).toISOString();

  const keep = (next: Keys): void => {
    file.write(next);
    keys = next;
    isDirty = false;
  };
  const flush = (): void => {
    if (isDirty) keep(keys);
  };
  const end = (id: string): AbortController => {
    const known = ends.get(id);
    if (known) return known;
    const made = new AbortController();
    ends.set(id, made);
    return made;
  };
  /** Ends what is open, and forgets the signal. */
  const cut = (id: string): void => {
    ends.get(id)?.abort();
    ends.delete(id);
  };

  const isOver = (device: StoredDevice): boolean => Date.parse(device.seenAt) + idleMs <= now();
  const isExpired = ({ expiresAt }: StoredToken): boolean => expiresAt !== null && Date.parse(expiresAt) <= now();
  const live = () => keys.devices.filter((device) => !isOver(device));

  /** Last visits are rare enough to be written at once, and too many to be waited for by each request. */
  const isStale = (at: string | null): boolean => at === null || now() - Date.parse(at) >= seenMs;
  const seen = (next: Keys): void => {
    keys = next;
    isDirty = true;
  };

  const csrfOf = (value: string): string => hashOf(`csrf\0${value}`);
  const principal = (kind: 'device' | 'token', { id, name, role }: StoredDevice | StoredToken): Principal => ({
    ...{ kind, id, name, role, revoked: end(id).signal },
  });

  const find = <T extends { readonly id: string }>(all: readonly T[], id: string, what: string): T => {
    const found = all.filter((it) => it.id === id || (id.length >= 4 && it.id.endsWith(id)));
    if (found.length === 1 && found[0]) return found[0];
    throw new HiveError(
      'input.unknown_id',
      found.length === 0 ? `There is no ${what} ${id}` : `More than one ${what} ends with ${id}`,
      { details: { id } },
    );
  };
  const assertRoom = (all: readonly unknown[], what: string): void => {
    if (all.length >= mostKeys)
      throw new HiveError('input.state', `There are ${mostKeys} ${what} already; revoke those that are not needed`);
  };

  const shownToken = ({ hash: _, ...rest }: StoredToken): TokenSummary => rest;

  return {
    cookie: `hive-${hashOf(`cookie\0${token}`).slice(0, 8)}`,
    idleS: Math.floor(idleMs / 1000),

    bearer: (text) => {
      if (sameSecret(text, token)) return { kind: 'home', id: null, name: 'owner', role: 'owner', revoked: never };
      const [, id, secret] = /^hive_([0-9a-f]{12})_([\w-]{43})$/.exec(text) ?? [];
      const found = keys.tokens.find((it) => it.id === id);
      if (!found || !sameSecret(hashOf(secret ?? ''), found.hash) || isExpired(found)) return null;
      if (isStale(found.usedAt))
        seen({ ...keys, tokens: keys.tokens.map((it) => (it === found ? { ...it, usedAt: iso() } : it)) });
      return principal('token', found);
    },

    session: (value) => {
      const [id, secret = ''] = value.split('.', 2);
      const found = keys.devices.find((it) => it.id === id);
      if (!found || !sameSecret(hashOf(secret), found.hash) || isOver(found)) return null;
      if (isStale(found.seenAt))
        seen({ ...keys, devices: keys.devices.map((it) => (it === found ? { ...it, seenAt: iso() } : it)) });
      return { ...principal('device', found), csrf: csrfOf(value) };
    },

    wasRevoked: (value) => {
      const [id, secret = ''] = value.split('.', 2);
      return keys.ended.some((it) => it.id === id && sameSecret(hashOf(secret), it.hash));
    },

    issue: ({ name, role, known }) => {
      const others = live();
      const same = others.find((it) => it.id === known);
      if (!same) assertRoom(others, 'paired browsers');
      const secret = newSecret();
      const at = iso();
      const device: StoredDevice = {
        ...(same ?? { id: newId(), name, pairedAt: at }),
        ...{ role, hash: hashOf(secret), seenAt: at },
      };
      keep({ ...keys, devices: [...others.filter((it) => it !== same), device] });
      if (same) cut(same.id); // its streams were opened with the session before
      const value = `${device.id}.${secret}`;
      return { value, csrf: csrfOf(value), device };
    },

    devices: live,
    device: (id) => find(live(), id, 'paired browser'),
    shown: ({ hash: _, ...device }, asking) => ({
      ...device,
      expiresAt: new Date(Date.parse(device.seenAt) + idleMs).toISOString(),
      current: asking.kind === 'device' && asking.id === device.id,
    }),
    rename: (id, name) => {
      const found = find(live(), id, 'paired browser');
      const renamed = { ...found, name };
      keep({ ...keys, devices: keys.devices.map((it) => (it === found ? renamed : it)) });
      return renamed;
    },
    revokeDevice: (id) => {
      const found = find(live(), id, 'paired browser');
      // For as long as its cookie may be sent.
      const recent = keys.ended.filter((it) => Date.parse(it.at) + idleMs > now());
      keep({
        ...keys,
        devices: keys.devices.filter((it) => it !== found),
        ended: [...recent.slice(1 - mostKeys), { id: found.id, hash: found.hash, at: iso() }],
      });
      cut(found.id);
      return found;
    },

    tokens: () => keys.tokens.map(shownToken),
    token: (id) => find(keys.tokens, id, 'token'),
    createToken: ({ name, role, expiresAt }) => {
      assertRoom(keys.tokens, 'tokens');
      if (expiresAt !== undefined && Date.parse(expiresAt) <= now())
        throw new HiveError('input.invalid', `${expiresAt} is over already`);
      const secret = newSecret();
      const made: StoredToken = {
        ...{ id: newId(), name, role, hash: hashOf(secret) },
        ...{ createdAt: iso(), usedAt: null, expiresAt: expiresAt ?? null },
      };
      keep({ ...keys, tokens: [...keys.tokens, made] });
      return { ...shownToken(made), token: `hive_${made.id}_${secret}` };
    },
    revokeToken: (id) => {
      const found = find(keys.tokens, id, 'token');
      keep({ ...keys, tokens: keys.tokens.filter((it) => it !== found) });
      cut(found.id);
      return shownToken(found);
    },
    flush,
  };
};

/** Whoever asks, as they are told about themselves. */
export const sessionOf = ({ kind, id, name, role }: Principal): SessionSummary => ({
  ...{ kind, id, name, role },
  may: [...rightsOf(role)],
});
