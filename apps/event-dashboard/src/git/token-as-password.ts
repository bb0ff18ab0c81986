import type { MiddlewareHandler } from 'hono';
import type { Access } from '../access/access.ts';
import { may } from '../access/permissions.ts';

/**
 * Lets in who gives a token that may hand in work as the password of any user, as git does, or as a bearer. A browser's cookie opens nothing here: no
 * page pushes.
 */
export const tokenAsPassword =
  (access: Access): MiddlewareHandler =>
  async (c, next) => {
    const given = passwordIn(c.req.header('authorization') ?? '');
    const principal = given === null ? null : access.bearer(given);
    if (principal && may(principal.role, 'work')) return next();
    if (principal) return c.text(`${principal.name} (${principal.role}) may not hand in work\n`, 403);
    return c.text('The password is the token of this Hive: the content of the file token in its HIVE_HOME\n', 401, {
      'www-authenticate': 'Basic realm="Hive", charset="UTF-8"',
    });
  };

const passwordIn = (authorization: string): string | null => {
  const [, scheme, rest = ''] = /^(Basic|Bearer) +(\S+)$/i.exec(authorization) ?? [];
  if (scheme === undefined) return null;
  if (scheme.toLowerCase() === 'bearer') return rest;
  const text = Buffer.from(rest, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  return colon < 0 ? null : text.slice(colon + 1);
};
