import { HiveError } from '@hive/errors';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { z } from 'zod';

/** How the control room is reached from other devices. */
export type HttpConfig = {
  /** HTTPS of its own; null: only this machine reaches it, or what stands in front of it. Files are absolute. */
  readonly tls: {
    readonly certFile: string;
    readonly keyFile: string;
    /** The certificate of the owner's own authority, which devices may fetch; null: none is offered. */
    readonly caFile: string | null;
    /** The address of this machine to listen on; `0.0.0.0` and `::` are all of them. */
    readonly bind: string;
    readonly port: number;
    /** How long browsers may insist on HTTPS; 0: they are not told to. */
    readonly hstsDays: number;
  } | null;
  /** Names that it answers to over HTTPS besides those of the certificate. */
  readonly names: readonly string[];
  /** Origins at which a reverse proxy or an overlay network on this machine hands requests to it. */
  readonly proxied: readonly string[];
};

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';
const Name = z
  .string()
  .regex(new RegExp(`^${label}(\\.${label})*$`), 'write a name in small letters, e.g. hive.example.org')
  .max(253);

/** The key `http` of hive.yaml. */
export const HttpSetting = z.strictObject({
  tls: z
    .strictObject({
      cert: z
        .string()
        .min(1)
        .describe('file with the certificate and what vouches for it (PEM); read anew when it changes'),
      key: z.string().min(1).describe('file with its private key (PEM, without a passphrase)'),
      ca: z
        .string()
        .min(1)
        .optional()
        .describe('file with the certificate of your own authority, which devices then fetch at /hive-ca.crt'),
      bind: z
        .string()
        .refine((text) => isIP(text) > 0, 'write an address of this machine, e.g. 0.0.0.0 for all of them')
        .default('127.0.0.1')
        .describe('the address of this machine that other devices reach; 0.0.0.0 for all of them'),
      port: z.int().min(0).max(65_535).default(4484).describe('its port; `HIVE_PORT` goes on without TLS on loopback'),
      hsts_days: z
        .int()
        .min(0)
        .max(730)
        .default(0)
        .describe('how long browsers insist on HTTPS for this name; only for a name that serves nothing else'),
    })
    .optional()
    .describe('HTTPS with a certificate of your own; without it only this machine reaches the control room'),
  names: z.array(Name).max(50).default([]).describe('names it answers to besides those that the certificate lists'),
  proxied: z
    .array(
      z
        .url({ protocol: /^https$/ })
        .refine((text) => new URL(text).origin === text.replace(/\/$/, ''), 'write an address without a path')
        .transform((text) => new URL(text).origin),
    )
    .max(20)
    .default([])
    .describe(
      'addresses at which a reverse proxy or an overlay network on this machine hands requests to it, e.g. https://hive.example.org',
    ),
});

/** The setting as it holds; files are relative to `base`, the folder of hive.yaml. */
export const httpOf = (
  { tls, names, proxied }: z.infer<typeof HttpSetting>,
  { base, userHome }: { readonly base: string; readonly userHome: string },
): HttpConfig => {
  const file = (name: string) => resolve(base, name.startsWith('~/') ? join(userHome, name.slice(2)) : name);
  if (names.length > 0 && !tls)
    throw new HiveError(
      'config.invalid',
      'hive.yaml names hosts under hive.http.names and no certificate; add hive.http.tls, or name the address of your proxy under hive.http.proxied',
      { remedy: 'fix_config' },
    );
  return {
    tls: tls
      ? {
          certFile: file(tls.cert),
          keyFile: file(tls.key),
          caFile: tls.ca === undefined ? null : file(tls.ca),
          bind: tls.bind,
          port: tls.port,
          hstsDays: tls.hsts_days,
        }
      : null,
    names,
    proxied,
  };
};
