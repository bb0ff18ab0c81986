import { HiveError } from '@hive/errors';

type Issue = { readonly path: readonly PropertyKey[]; readonly message: string };

/** A schema of the catalogue, as far as it is used here. */
type Schema<T> = {
  safeParse(
    input: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
};

/** What was asked, as its schema knows it. Throws `input.invalid` with one sentence that names the place. */
export const parseAs = <T>(schema: Schema<T>, input: unknown, what: string): T => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const at = issue?.path.map(String).join('.');
  throw new HiveError('input.invalid', `${what} is not valid at ${at || 'its root'}: ${issue?.message ?? ''}`, {
    details: at ? { field: at } : {},
  });
};
