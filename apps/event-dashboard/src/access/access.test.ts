import { expect, test } from 'vitest';
import { createAccess } from './access.ts';
import { deviceName } from './device-name.ts';
import type { Keys } from './key-file.ts';
import { mayGrant } from './permissions.ts';

const home = 'the-token-of-this-home';
const dayMs = 24 * 3600 * 1000;

/** A file in memory, and ever new lives of the process on it. */
const openHome = () => {
  let now = Date.parse('2026-11-22T08:00:00Z');
  let kept: Keys = { devices: [], tokens: [], ended: [] };
  let writes = 0;
  const file = {
    read: () => structuredClone(kept),
    write: (keys: Keys) => {
      kept = structuredClone(keys);
      writes += 1;
    },
  };
  return {
    start: (token = home) => createAccess({ token, file, now: () => now }),
    kept: () => kept,
    writes: () => writes,
    pass: (ms: number) => (now += ms),
  };
};

test('a paired browser is known again after a restart, and only the hash of its session is kept', () => {
  const { start, kept } = openHome();
  const { value, csrf, device } = start().issue({ name: 'Chrome on Android', role: 'approver' });
  const known = start().session(value);
  expect(known).toMatchObject({ kind: 'device', id: device.id, name: 'Chrome on Android', role: 'approver', csrf });
  expect(JSON.stringify(kept())).not.toContain(value.split('.')[1]);
});

test('a session cannot be forged, and each has a proof of its own', () => {
  const access = openHome().start();
  const [one, two] = [access.issue({ name: 'a', role: 'owner' }), access.issue({ name: 'b', role: 'owner' })];
  expect(one.csrf).not.toBe(two.csrf);
  const [id, secret] = one.value.split('.');
  for (const value of ['', '.', 'x', `${id}`, `${id}.`, `${two.device.id}.${secret}`, `${one.value}x`, `.${secret}`])
    expect(access.session(value), value).toBeNull();
});

test('a revoked browser is refused at once and after a restart, and what it had open ends', () => {
  const { start } = openHome();
  const access = start();
  const { value, device } = access.issue({ name: 'a', role: 'owner' });
  const open = access.session(value)?.revoked;
  expect(open?.aborted).toBe(false);
  access.revokeDevice(device.id.slice(-6));
  expect(open?.aborted).toBe(true);
  expect([access.session(value), start().session(value), start().devices()]).toEqual([null, null, []]);
});

test('a revoked browser is told so for as long as its cookie lives, and nobody else is', () => {
  const { start, pass } = openHome();
  const access = start();
  const [gone, over] = [access.issue({ name: 'a', role: 'owner' }), access.issue({ name: 'b', role: 'owner' })];
  access.revokeDevice(gone.device.id);
  expect(start().wasRevoked(gone.value)).toBe(true);
  expect(access.wasRevoked(`${gone.device.id}.guessed`)).toBe(false);
  pass(31 * dayMs);
  expect(access.session(over.value)).toBeNull();
  expect(access.wasRevoked(over.value)).toBe(false);
  access.revokeDevice(access.issue({ name: 'c', role: 'owner' }).device.id);
  expect(access.wasRevoked(gone.value)).toBe(false);
});

test('a browser that does not come for thirty days is forgotten; one that comes stays', () => {
  const { start, pass } = openHome();
  const access = start();
  const [gone, here] = [access.issue({ name: 'a', role: 'owner' }), access.issue({ name: 'b', role: 'owner' })];
  pass(29 * dayMs);
  expect(access.session(here.value)).not.toBeNull();
  pass(2 * dayMs);
  expect(access.session(gone.value)).toBeNull();
  expect(access.session(here.value)).not.toBeNull();
  expect(access.devices().map(({ name }) => name)).toEqual(['b']);
});

test('pairing anew keeps the device and its name, and ends the session before', () => {
  const access = openHome().start();
  const first = access.issue({ name: 'Chrome on Linux', role: 'owner' });
  access.rename(first.device.id, 'Desk');
  const open = access.session(first.value)?.revoked;
  const second = access.issue({ name: 'Chrome on Linux', role: 'viewer', known: first.device.id });
  expect(second.device).toMatchObject({ id: first.device.id, name: 'Desk', role: 'viewer' });
  expect([access.session(first.value), open?.aborted, access.devices().length]).toEqual([null, true, 1]);
  expect(access.session(second.value)?.revoked.aborted).toBe(false);
});

test('last visits are told to the minute, and written when they are asked to be', () => {
  const { start, pass, writes } = openHome();
  const access = start();
  const { value, device } = access.issue({ name: 'a', role: 'owner' });
  const before = writes();
  pass(59_000);
  access.session(value);
  access.flush();
  expect(writes()).toBe(before);
  pass(2000);
  for (let n = 0; n < 100; n++) access.session(value);
  access.flush();
  expect(writes()).toBe(before + 1);
  expect(start().device(device.id).seenAt).toBe('2026-11-22T08:01:01.000Z');
});

test('a token of a program is shown once, opens what its role does, and ends when it is over or revoked', () => {
  const { start, kept, pass } = openHome();
  const access = start();
  const { token, id } = access.createToken({ name: 'ci', role: 'operator', expiresAt: '2026-11-23T08:00:00Z' });
  expect(token).toMatch(/^hive_[0-9a-f]{12}_[\w-]{43}$/);
  expect(JSON.stringify(kept())).not.toContain(token.slice(-43));
  const found = start().bearer(token);
  expect(found).toMatchObject({ kind: 'token', id, name: 'ci', role: 'operator' });
  expect(access.tokens()).toEqual([expect.not.objectContaining({ hash: expect.anything() as unknown })]);
  pass(dayMs);
  expect(access.bearer(token)).toBeNull();
  expect(() => access.createToken({ name: 'late', role: 'viewer', expiresAt: '2026-11-23T08:00:00Z' })).toThrow(/over/);

  const other = access.createToken({ name: 'cd', role: 'viewer' });
  const open = access.bearer(other.token)?.revoked;
  access.revokeToken(other.id);
  expect([access.bearer(other.token), open?.aborted]).toEqual([null, true]);
  expect(() => access.revokeToken(other.id)).toThrow(/There is no token/);
});

test('no text but a token of this home opens anything', () => {
  const access = openHome().start();
  const { token } = access.createToken({ name: 'ci', role: 'owner' });
  const [prefix, id, secret] = token.split('_');
  for (const text of [
    '',
    'null',
    '[]',
    'hive_',
    `${prefix}_${id}_`,
    `${prefix}_${id}_${secret}x`,
    `x${token}`,
    `${home}x`,
  ])
    expect(access.bearer(text), text).toBeNull();
  expect(access.bearer(home)).toMatchObject({ kind: 'home', role: 'owner' });
});

test('nobody hands out a right that they do not have', () => {
  const roles = ['viewer', 'operator', 'approver', 'admin', 'owner'] as const;
  const granted = roles.map((giver) => [giver, roles.filter((role) => mayGrant(giver, role))]);
  expect(Object.fromEntries(granted)).toEqual({
    viewer: [],
    operator: [],
    approver: [],
    admin: ['viewer', 'operator', 'admin'],
    owner: [...roles],
  });
});

test.each([
  [
    'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/141.0.0.0 Mobile Safari/537.36',
    'Chrome on Android',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 Version/19.0 Mobile/15E148 Safari/604.1',
    'Safari on iPhone',
  ],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on Linux'],
  ['Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0', 'Edge on Windows'],
  ['<script>alert(1)</script>\u202e', 'A browser'],
  ['', 'A browser'],
])('%s is called %s', (agent, name) => expect(deviceName(agent)).toBe(name));
