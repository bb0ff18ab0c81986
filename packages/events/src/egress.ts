import { z } from 'zod';

const label = '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?';

/** A name of a host: labels of letters, digits and hyphens, at least one of them not a number at the end, so never an address. */
export const hostName = new RegExp(`^(?=.{1,253}$)(?:${label}\\.)*(?!\\d+$|0x[0-9a-f]*$)${label}$`, 'i');

/** A host that a command may reach: `example.org`, `*.example.org` for all below it, `example.org:8443` for one port instead of 80 and 443. */
export const HostGrant = z
  .string()
  .max(260)
  .refine((text) => hostName.test(text.replace(/:\d{1,5}$/, '').replace(/^\*\.(?=[^.]+\.)/, '')), {
    error: 'write example.org, *.example.org or example.org:8443; an address is no host',
  });

/** What a command reached over the proxy, or wanted to, summed up by host and port. Bytes include those of TLS. */
export const Reached = z.strictObject({
  host: z.string().max(260),
  port: z.int().min(0).max(65535),
  connections: z.int().nonnegative(),
  sent: z.int().nonnegative(),
  received: z.int().nonnegative(),
  /** Connections that were not made, and why. */
  refused: z.strictObject({ connections: z.int().positive(), because: z.string().max(200) }).optional(),
});
export type Reached = z.infer<typeof Reached>;
