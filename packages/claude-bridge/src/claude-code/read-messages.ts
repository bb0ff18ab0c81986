import { HiveError, beginningOf } from '@hive/errors';
import {
  httpError,
  limitOutput,
  momentOf,
  nothingSpent,
  shareOf,
  type Chunk,
  type Clock,
  type Done,
  type LimitSeen,
  type Spent,
  type Timing,
  type Usage,
} from '@hive/llm';
import { resumeToken, type Totals } from './resume-token.ts';

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => (value !== null && typeof value === 'object' ? (value as Fields) : {});
const textOr = (value: unknown, other: string): string => (typeof value === 'string' ? value : other);
const numberOr = (value: unknown, other: number): number => (typeof value === 'number' ? value : other);

/** What the reader has to know of the call. */
export type Reading = {
  readonly clock: Clock;
  readonly destination: string;
  readonly model: string;
  readonly maxTokens: number;
  readonly plan: boolean;
  readonly wantsJson: boolean;
  readonly keepSession: boolean;
  readonly version: string | undefined;
  readonly before: Totals | undefined;
};

/** Accumulates the messages of one session. Fields are looked at one by one, because `success` alone means nothing. */
export const createMessageReader = (reading: Reading) => {
  const { clock, destination } = reading;
  const startedAt = clock.now();
  const limit = limitOutput(reading.maxTokens * 50, destination);
  const limits = new Map<string, LimitSeen>();
  let text = '';
  let streamed = false;
  let session = '';
  let model = reading.model;
  let double: string | undefined;
  let firstAt: number | undefined;
  let result: Fields | undefined;
  let closed: { readonly kind: string; readonly resetsAt: string | null; readonly credits: boolean } | undefined;
  let assistantError: string | undefined;

  const piece = (type: 'text' | 'thinking', part: unknown): Chunk | undefined => {
    if (typeof part !== 'string' || part === '') return undefined;
    limit(part);
    firstAt ??= clock.now();
    if (type === 'text') text += part;
    return { type, text: part };
  };

  const readInit = (message: Fields) => {
    const version = textOr(message['claude_code_version'], 'unknown');
    const known = reading.version === undefined ? /^2\./.test(version) : version === reading.version;
    if (!known)
      throw new HiveError(
        'config.invalid',
        `Claude Code is version ${version}; Hive knows ${reading.version ?? '2'}. Install that one, or try and pin the new one`,
        { remedy: 'fix_config', details: { version } },
      );
    session = textOr(message['session_id'], '');
    model = textOr(message['model'], model);
    if (typeof message['hive_double'] === 'string') double = message['hive_double'];
  };
  const readLimit = (message: Fields) => {
    const info = fieldsOf(message['rate_limit_info']);
    const kind = textOr(info['rateLimitType'], 'unknown');
    const resetsAt = momentOf(numberOr(info['resetsAt'], Number.NaN));
    const used = info['utilization'];
    limits.set(kind, {
      kind,
      limit: null,
      remaining: null,
      usedShare: typeof used === 'number' ? shareOf(used) : null,
      resetsAt,
    });
    if (info['status'] === 'rejected') closed = { kind, resetsAt, credits: info['errorCode'] === 'credits_required' };
  };
  const readEvent = (message: Fields): Chunk | undefined => {
    // What helpers of the agent say to each other is no part of its answer.
    if (message['parent_tool_use_id']) return undefined;
    const delta = fieldsOf(fieldsOf(message['event'])['delta']);
    if (delta['type'] === 'thinking_delta') return piece('thinking', delta['thinking']);
    if (delta['type'] !== 'text_delta') return undefined;
    streamed = true;
    return piece('text', delta['text']);
  };
  const readAssistant = (message: Fields): Chunk | undefined => {
    if (typeof message['error'] === 'string') {
      assistantError = message['error'];
      return undefined;
    }
    if (streamed || message['parent_tool_use_id']) return undefined;
    const content = fieldsOf(message['message'])['content'];
    const texts = (Array.isArray(content) ? content : []).map((block) => textOr(fieldsOf(block)['text'], ''));
    return piece('text', texts.join(''));
  };

  const total = (field: string): number =>
    Object.values(fieldsOf(result?.['modelUsage'])).reduce<number>(
      (sum, one) => sum + numberOr(fieldsOf(one)[field], 0),
      0,
    );
  const totals = (): Totals => ({
    input: total('inputTokens'),
    cacheRead: total('cacheReadInputTokens'),
    cacheWrite: total('cacheCreationInputTokens'),
    output: total('outputTokens'),
    usd: numberOr(result?.['total_cost_usd'], 0),
  });
  const usage = (): Usage => {
    if (!result || Object.keys(fieldsOf(result['modelUsage'])).length === 0)
      return { input: null, cacheRead: null, cacheWrite: null, output: null, costBasis: 'unknown', source: 'live' };
    const now = totals();
    const since = (name: keyof Totals) => Math.max(0, now[name] - (reading.before?.[name] ?? 0));
    const thinking = total('thinkingTokens');
    return {
      input: since('input'),
      cacheRead: since('cacheRead'),
      cacheWrite: since('cacheWrite'),
      output: since('output'),
      ...(thinking > 0 ? { thinking } : {}),
      // An estimate of the command line itself, at list prices; within a plan nobody pays by the call.
      ...(reading.plan ? { costBasis: 'plan' } : { costUsd: since('usd'), costBasis: 'list' }),
      source: 'live',
    };
  };
  const timing = (): Timing => ({
    queuedMs: 0,
    firstTokenMs: firstAt === undefined ? null : firstAt - startedAt,
    decodeMs: firstAt === undefined ? 0 : clock.now() - firstAt,
    totalMs: clock.now() - startedAt,
  });

  const failed = (ended: Fields): HiveError => {
    const errors = ended['errors'];
    const told = textOr(ended['result'] ?? (Array.isArray(errors) ? errors[0] : undefined), 'no explanation');
    const message = beginningOf(told, 500);
    const status = ended['api_error_status'];
    if (closed && (status === 429 || assistantError === 'rate_limit' || status === undefined || status === null))
      return closed.credits ? billing(message) : exhausted(closed, clock.now());
    if (assistantError === 'billing_error') return billing(message);
    if (assistantError === 'max_output_tokens')
      return new HiveError('model.truncated', `The answer was cut off: ${message}`, { remedy: 'retry' });
    const known = typeof status === 'number' ? status : statusOf[assistantError ?? ''];
    if (known === undefined && /log ?in/i.test(message)) return notLoggedIn(message);
    const error = httpError({ status: known ?? 500, headers: new Headers(), message, destination, now: clock.now() });
    return error.code === 'model.auth' ? notLoggedIn(message) : error;
  };

  return {
    /** The chunk that a message stands for, if it stands for one. */
    read: (message: Fields): Chunk | undefined => {
      switch (message['type']) {
        case 'system':
          if (message['subtype'] === 'init') readInit(message);
          return undefined;
        case 'rate_limit_event':
          readLimit(message);
          return undefined;
        case 'stream_event':
          return readEvent(message);
        case 'assistant':
          return readAssistant(message);
        case 'result':
          result = message;
          return text === '' && message['is_error'] !== true && message['structured_output'] === undefined
            ? piece('text', message['result'])
            : undefined;
        default:
          return undefined;
      }
    },
    over: () => result !== undefined,
    /** The end. Throws when there was none, or when it is not a good one. */
    end: (): Done => {
      if (!result)
        throw new HiveError('model.stream_broken', 'Claude Code ended without a result', {
          remedy: 'retry',
          where: 'same',
        });
      // A limit, an overload and a missing login call themselves a success.
      const ending = unfinished[textOr(result['subtype'], '')]?.();
      if (ending) throw ending;
      if (result['is_error'] === true || result['subtype'] !== 'success') throw failed(result);
      if (result['stop_reason'] === 'refusal')
        throw new HiveError('model.refused', 'The model refused to answer this request', {
          details: { category: null },
        });
      const output = result['structured_output'];
      if (reading.wantsJson && (output === undefined || output === null))
        throw new HiveError('model.bad_output', 'Claude Code ended well, but without the JSON that was asked for', {
          remedy: 'retry',
          where: 'other',
        });
      return {
        type: 'done',
        stop: result['stop_reason'] === 'max_tokens' ? 'max_tokens' : 'end',
        text,
        toolCalls: [],
        ...(reading.wantsJson ? { output } : {}),
        usage: usage(),
        timing: timing(),
        model,
        ...(double === undefined ? {} : { double }),
        ...(limits.size === 0 ? {} : { limits: [...limits.values()] }),
        ...(reading.keepSession && session !== '' ? { resume: resumeToken({ session, totals: totals() }) } : {}),
      };
    },
    /** What the call has used up so far. */
    spent: (sent: boolean): Spent => ({
      usage: sent ? usage() : nothingSpent,
      timing: timing(),
      sent,
      double,
      limits: [...limits.values()],
    }),
  };
};

const unfinished: Readonly<Record<string, () => HiveError>> = {
  error_max_turns: () =>
    new HiveError('model.truncated', 'Claude Code did not finish within its turns', { remedy: 'retry', where: 'same' }),
  error_max_budget_usd: () =>
    new HiveError('budget.exhausted', 'Claude Code used up the dollars of this call', { remedy: 'give_up' }),
  error_max_structured_output_retries: () =>
    new HiveError('model.bad_output', 'Claude Code did not answer with the JSON that was asked for', {
      remedy: 'retry',
      where: 'other',
    }),
};

/** The status that a kind of error stands for, where no status is told. */
const statusOf: Readonly<Record<string, number>> = {
  authentication_failed: 401,
  oauth_org_not_allowed: 403,
  account_on_hold: 403,
  verification_required: 403,
  cloud_credential_error: 401,
  model_not_found: 404,
  invalid_request: 400,
  rate_limit: 429,
  overloaded: 529,
  server_error: 500,
};

const billing = (message: string) =>
  new HiveError('model.billing', `Claude Code was refused: ${message}; look after the billing of this account`, {
    remedy: 'fix_config',
  });

const notLoggedIn = (message: string) =>
  new HiveError('model.auth', `Claude Code is not logged in (${message}); run claude and log in, or set a key`, {
    remedy: 'fix_config',
  });

/** A window without an end is up to a person. */
const exhausted = ({ kind, resetsAt }: { kind: string; resetsAt: string | null }, now: number) =>
  new HiveError(
    'model.window_exhausted',
    `The ${kind} window of the plan is used up until ${resetsAt ?? 'nobody said when'}`,
    {
      remedy: 'retry',
      where: 'other',
      ...(resetsAt === null ? {} : { retryAfterMs: Math.max(0, Date.parse(resetsAt) - now) }),
      details: { window: kind, ...(resetsAt === null ? {} : { retryAt: resetsAt }) },
    },
  );
