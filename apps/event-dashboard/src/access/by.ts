import type { Context } from 'hono';

/**
 * What is asked for, with who asks. A browser and a program are named by what they were let in as, whatever they say; only the owner's own token may
 * speak for a person.
 */
export const byOf = <T extends { readonly by?: string | undefined }>({ var: { principal } }: Context, body: T): T =>
  principal.kind === 'home' ? body : { ...body, by: principal.name };

/** The id of the paired browser that asks; undefined for a program. Its name may be changed, its id stays. */
export const deviceOf = ({ var: { principal } }: Context): string | undefined =>
  principal.kind === 'device' ? (principal.id ?? undefined) : undefined;
