import { expect, test } from 'vitest';
import { HttpSetting, httpOf } from './http-setting.ts';
import { NotifySetting, notifyOf } from './notify-setting.ts';

const http = (setting: unknown) =>
  httpOf(HttpSetting.parse(setting), { base: '/home/ada/.hive', userHome: '/home/ada' });

test('nothing but this machine reaches the control room unless it is said', () => {
  expect(http({})).toEqual({ tls: null, names: [], proxied: [] });
  expect(http({ tls: { cert: 'a.crt', key: '~/a.key' } }).tls).toEqual({
    certFile: '/home/ada/.hive/a.crt',
    keyFile: '/home/ada/a.key',
    caFile: null,
    bind: '127.0.0.1',
    port: 4484,
    hstsDays: 0,
  });
});

test('no address can be opened without a certificate, and no name be given without one', () => {
  expect(() => HttpSetting.parse({ bind: '0.0.0.0' })).toThrow();
  expect(() => http({ names: ['hive.lan'] })).toThrow(/no certificate; add hive\.http\.tls/);
  expect(() => HttpSetting.parse({ tls: { cert: 'a', key: 'b', bind: 'everywhere' } })).toThrow(
    /an address of this machine/,
  );
});

test('a proxy is named by its origin, with TLS and nothing after the host', () => {
  expect(http({ proxied: ['https://hive.example.org/'] }).proxied).toEqual(['https://hive.example.org']);
  for (const wrong of ['http://hive.example.org', 'https://hive.example.org/x', 'hive.example.org'])
    expect(() => HttpSetting.parse({ proxied: [wrong] }), wrong).toThrow();
});

test('a webhook is signed, and what sinks know is not printed', () => {
  expect(() => NotifySetting.parse({ webhooks: [{ url: 'https://example.org' }] })).toThrow();
  const { sinks } = notifyOf(
    NotifySetting.parse({
      webhooks: [{ url: 'https://example.org/hook', secret: 'a-long-enough-secret', wants: ['failures'] }],
      ntfy: [{ url: 'https://ntfy.example.org/hive', quiet_hours: '22:00-07:00' }],
    }),
  );
  expect(sinks.map(({ kind, wants, quietHours }) => ({ kind, wants, quietHours }))).toEqual([
    { kind: 'webhook', wants: ['failures'], quietHours: [] },
    { kind: 'ntfy', wants: ['approvals', 'failures', 'budgets'], quietHours: [{ from: 1320, to: 420 }] },
  ]);
  expect(JSON.stringify(sinks)).not.toContain('a-long-enough-secret');
});
