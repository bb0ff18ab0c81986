import type { PairCode } from '@hive/events';
import { expect, test } from 'vitest';
import { pairLines } from './pair-lines.ts';

const code: PairCode = {
  ...{ url: 'http://localhost:4483/#pair=abc', role: 'owner', expiresAt: '2026-01-01T00:02:00.000Z' },
  ...{ links: ['https://walnut.lan:4484/#pair=abc', 'https://192.0.2.7:4484/#pair=abc'], why: 'ready' },
  certificate: { issuer: 'Home', until: '2027-01-01T00:00:00.000Z', names: ['walnut.lan'], trouble: null },
  authority: null,
};
const said = (more: Partial<PairCode>) =>
  pairLines({ ...code, ...more }, { now: Date.parse('2026-01-01T00:00:30Z'), isFileNamed: true }).join('\n');

test('a device is told where to go, for how long, and as what', () => {
  const text = said({});
  expect(text).toContain('Open on the other device   https://walnut.lan:4484/#pair=abc');
  expect(text).toContain('https://192.0.2.7:4484/#pair=abc');
  expect(text).toContain('works once, for 90 seconds, and lets the browser in as owner');
  expect(text).toContain('The certificate is by Home');
});

test('an authority of its own is trusted by its fingerprint, at an address without the code', () => {
  const text = said({ authority: { path: '/hive-ca.crt', fingerprint: 'AA:BB' } });
  expect(text).toContain('open https://walnut.lan:4484/hive-ca.crt (');
  expect(text).toContain('AA:BB');
});

test('where nobody gets in, the next step is said', () => {
  const none = { links: [], certificate: null };
  expect(said({ ...none, why: 'no_tls' })).toMatch(
    /listens on this machine only[^]*bind: 0\.0\.0\.0[^]*hive pair again/,
  );
  expect(said({ ...none, why: 'loopback_only' })).toContain('add to hive.http.tls in hive.yaml:\n  bind: 0.0.0.0');
  expect(said({ ...none, why: 'not_covered' })).toContain('lists no name or address');
  expect(said({ certificate: code.certificate && { ...code.certificate, trouble: 'It is over.' } })).toMatch(
    /It is over\.$/,
  );
});
