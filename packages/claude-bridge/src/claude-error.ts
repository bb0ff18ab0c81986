import { APIConnectionError, APIError, APIUserAbortError } from '@anthropic-ai/sdk';
import { HiveError, isHiveError, beginningOf } from '@hive/errors';
import { httpError, transportError, type CallGuard } from '@hive/llm';

/** What a thrown thing of the client means. Looks at our own end of the call first, then at status, type and code of the API. */
export const claudeError = (
  error: unknown,
  {
    guard,
    destination,
    model,
    secret,
    now,
  }: {
    readonly guard: CallGuard;
    readonly destination: string;
    readonly model: string;
    /** What must not be quoted, should a server repeat it. */
    readonly secret: string;
    readonly now: number;
  },
): HiveError => {
  // A stream that we aborted ends without a word in this client, like one that broke off: our own reason comes first.
  const ended = guard.ended();
  if (ended) return ended;
  if (isHiveError(error)) return error;
  const unanswered = error instanceof APIUserAbortError || error instanceof APIConnectionError;
  if (unanswered || !isApiError(error)) return transportError(error, { guard, destination });

  const message = beginningOf((error.apiMessage ?? 'no explanation').replaceAll(secret, '…'), 500);
  const type: string | null = error.type;
  if (isBilling(type, error.errorCode)) return retold('model.billing', { message, error, destination });
  // The one place where the words decide: a prompt that is too long has no type or code of its own.
  if (error.status === 400 && /prompt is too long/i.test(message))
    return retold('model.context_full', { message, error, destination });
  const { status } = error;
  if (typeof status === 'number') {
    const known = httpError({ status, headers: error.headers ?? new Headers(), message, destination, now });
    if (known.code === 'model.auth')
      return new HiveError(
        'model.auth',
        `${destination} refused the key (${status}): ${message}; check ANTHROPIC_API_KEY in the environment of Hive`,
        { remedy: 'fix_config', details: known.details },
      );
    if (known.code !== 'model.unknown') return known;
    return new HiveError(
      'model.unknown',
      `${destination} knows no model ${model}; change it under models: in hive.yaml`,
      {
        remedy: 'fix_config',
        details: known.details,
      },
    );
  }
  // An error in the middle of a stream has no status.
  return httpError({ status: statusOf(type), headers: error.headers ?? new Headers(), message, destination, now });
};

/** The bare class has `any` in every place. */
const isApiError = (error: unknown): error is APIError => error instanceof APIError;

const isBilling = (type: string | null, code: string | null): boolean =>
  type === 'billing_error' || (code !== null && (code.endsWith('_spend_limit_reached') || code === 'credits_required'));

const statuses: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  permission_error: 403,
  not_found_error: 404,
  timeout_error: 408,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  overloaded_error: 529,
};
const statusOf = (type: string | null): number => statuses[type ?? ''] ?? 500;

const todo = {
  'model.billing': '; look after the billing of this account',
  'model.context_full': '; split the task',
};

const retold = (
  code: 'model.billing' | 'model.context_full',
  { message, error, destination }: { readonly message: string; readonly error: APIError; readonly destination: string },
): HiveError =>
  new HiveError(code, `${destination} answered: ${message}${todo[code]}`, {
    remedy: code === 'model.billing' ? 'fix_config' : 'give_up',
    details: { status: error.status ?? null, errorCode: error.errorCode, destination },
  });
