import { z } from 'zod';

/** How other devices reach a Hive with a one-time code, as part of what `POST /pair/codes` answers. */
export const WaysIn = z.object({
  links: z
    .array(z.string())
    .describe('the same link for other devices, best first; empty: none of them reaches this Hive'),
  why: z
    .enum(['ready', 'no_tls', 'loopback_only', 'not_covered'])
    .describe('why there is no link for other devices: no certificate, bound to loopback, or no name that it covers'),
  certificate: z
    .object({
      issuer: z.string(),
      until: z.string(),
      names: z.array(z.string()),
      trouble: z.string().nullable().describe('what browsers have against it, or will have soon'),
    })
    .nullable()
    .describe('of HTTPS of its own; null where there is none, or something else stands in front'),
  authority: z
    .object({ path: z.string(), fingerprint: z.string().describe('SHA-256') })
    .nullable()
    .describe('the certificate of an authority of its own that a device has to trust first, and where it is fetched'),
});
export type WaysIn = z.infer<typeof WaysIn>;
