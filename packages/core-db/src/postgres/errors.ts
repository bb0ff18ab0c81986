import { HiveError } from '@hive/errors';
import type { WriteResult } from '../port.ts';

const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

/** A row with this key is there already. */
export const isDuplicate = (error: unknown): boolean => codeOf(error) === '23505';

/** A short cut did not fit: there were fewer rows than it counted on, a key is there already, or a text cannot be taken apart. Nothing happened. */
export const isNoShortCut = (error: unknown): boolean => isDuplicate(error) || /^(HV002|22...)$/.test(codeOf(error));

/** The statement does not fit what is in the database. */
export const isSqlError = (error: unknown): boolean => /^42(703|804|883)$/.test(codeOf(error));

/** Two transactions were in each other's way; a new one may succeed. */
export const isContention = (error: unknown): boolean => ['40001', '40P01', '55P03'].includes(codeOf(error));

/** What the write function did not take, and because of which streams, steps, cursors or letters; null for any other error. */
export const refusalOf = (
  error: unknown,
): {
  readonly status: Exclude<WriteResult['status'], 'written' | 'repeated'>;
  readonly which: readonly string[];
} | null => {
  if (codeOf(error) !== 'HV001') return null;
  const { message, detail } = error as { message: 'version' | 'step' | 'cursor' | 'letter'; detail: string };
  return { status: message, which: JSON.parse(detail) as string[] };
};

/** The line or the server went away: nobody knows whether a COMMIT under way has happened. */
export const isLost = (error: unknown): boolean => {
  const code = codeOf(error);
  if (/^(08...|57P0[123]|E(CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH|NETUNREACH|NOTFOUND|AI_AGAIN))$/.test(code))
    return true;
  return (
    error instanceof Error &&
    /^(Connection terminated|Query read timeout|timeout exceeded when trying to connect|timeout expired|Client (was closed|has encountered))/.test(
      error.message,
    )
  );
};

/** What PostgreSQL says, as the port's errors; anything unknown stays as it is. `place` names the database without its password. */
export const postgresError = (error: unknown, place: string): unknown => {
  if (error instanceof HiveError) return error;
  const code = codeOf(error);
  const said = error instanceof Error ? error.message || code : code;
  if (code === '53100' || code === '58030')
    return new HiveError('infra.disk', `The disk of ${place} is full or failing; make room, Hive tries again`, {
      remedy: 'retry',
      retryAfterMs: 5_000,
      cause: error,
    });
  if (code === '25006' || code === '42501')
    return new HiveError('store.readonly', `${place} cannot be written (${said}); give its user the right to`, {
      remedy: 'fix_config',
      cause: error,
    });
  if (/^(28...|3D000|ENOTFOUND)$/.test(code) || /\bSSL connection/.test(said))
    return new HiveError('store.unavailable', `${place} refuses the connection (${said}); check HIVE_DATABASE_URL`, {
      remedy: 'fix_config',
      cause: error,
    });
  if (isLost(error) || isContention(error) || /^(53...|57014|57P..|25P0[34])$/.test(code))
    return new HiveError('store.unavailable', `${place} does not answer (${said}); all goes on when it is back`, {
      remedy: 'retry',
      retryAfterMs: 1_000,
      cause: error,
    });
  return error;
};
