import { pieces, type Answer, type Frame } from './answer.ts';
import type { ScenarioModel } from './scenario.ts';
import type { Wire } from './send.ts';

const event = (data: { readonly type: string }): string => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`;

/** The Messages API's way of writing what goes wrong inside a stream. */
export const anthropicWire: Wire = {
  contentType: 'text/event-stream; charset=utf-8',
  errorFrame: (fault) => event(errorBody(fault.type ?? 'overloaded_error', fault.message ?? 'Overloaded')),
  invalidLine: 'event: content_block_delta\ndata: {nonsense\n\n',
  unknownEvent: 'event: something_new\ndata: {"type":"something_new","value":1}\n\n',
};

/** The body of an error answer. */
export const errorBody = (type: string, message: string) => ({ type: 'error', error: { type, message } });

/** The error type that belongs to a status. */
export const errorType = (status: number): string =>
  ({
    400: 'invalid_request_error',
    401: 'authentication_error',
    402: 'billing_error',
    403: 'permission_error',
    404: 'not_found_error',
    408: 'timeout_error',
    409: 'conflict_error',
    413: 'request_too_large',
    429: 'rate_limit_error',
    504: 'timeout_error',
    529: 'overloaded_error',
  })[status] ?? 'api_error';

const stopReasons: Record<Answer['stop'], string> = {
  end: 'end_turn',
  max_tokens: 'max_tokens',
  tool_use: 'tool_use',
  stop_sequence: 'stop_sequence',
  refusal: 'refusal',
  context_full: 'model_context_window_exceeded',
  pause: 'pause_turn',
};

const usageOf = ({ usage }: Answer, output: number) => ({
  input_tokens: usage?.input ?? null,
  cache_creation_input_tokens: usage?.cacheWrite ?? null,
  cache_read_input_tokens: usage?.cacheRead ?? null,
  output_tokens: output,
  output_tokens_details: usage && usage.thinking > 0 ? { thinking_tokens: Math.min(usage.thinking, output) } : null,
  server_tool_use: null,
});

const blocksOf = (
  answer: Answer,
): { readonly start: object; readonly deltas: readonly object[]; readonly whole: object }[] => [
  ...(answer.thinking === ''
    ? []
    : [
        {
          start: { type: 'thinking', thinking: '', signature: '' },
          deltas: [
            ...pieces(answer.thinking, 2).map((thinking) => ({ type: 'thinking_delta', thinking })),
            { type: 'signature_delta', signature: 'ZG91Ymxl' },
          ],
          whole: { type: 'thinking', thinking: answer.thinking, signature: 'ZG91Ymxl' },
        },
      ]),
  ...(answer.text.length === 0
    ? []
    : [
        {
          start: { type: 'text', text: '', citations: null },
          deltas: answer.text.map((text) => ({ type: 'text_delta', text })),
          whole: { type: 'text', text: answer.text.join(''), citations: null },
        },
      ]),
  ...answer.toolCalls.map(({ id, name, json }) => ({
    start: { type: 'tool_use', id, name, input: {} },
    // The first one is empty, and the rest may be split inside a string or an escape.
    deltas: ['', ...pieces(json, 5)].map((partial_json) => ({ type: 'input_json_delta', partial_json })),
    whole: { type: 'tool_use', id, name, input: inputOf(json) },
  })),
];

const inputOf = (json: string): unknown => {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return {};
  }
};

const messageId = (n: number) => `msg_double_${String(n).padStart(6, '0')}`;

/** `POST /v1/messages` with `stream: true`: message_start, blocks with a ping in the first, message_delta, message_stop. */
export const messageFrames = (answer: Answer, n: number): Frame[] => {
  const frame = (kind: Frame['kind'], data: { type: string }): Frame => ({ kind, bytes: event(data) });
  const start = {
    type: 'message_start',
    message: {
      id: messageId(n),
      type: 'message',
      role: 'assistant',
      model: answer.model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      usage: usageOf(answer, 1),
    },
  };
  const blocks = blocksOf(answer).flatMap(({ start: content_block, deltas }, index) => [
    frame('open', { type: 'content_block_start', index, content_block } as { type: string }),
    ...(index === 0 ? [frame('open', { type: 'ping' })] : []),
    ...deltas.map((delta) => frame('content', { type: 'content_block_delta', index, delta } as { type: string })),
    frame('open', { type: 'content_block_stop', index } as { type: string }),
  ]);
  const delta = {
    type: 'message_delta',
    delta: { stop_reason: stopReasons[answer.stop], stop_sequence: null, ...refusal(answer) },
    ...(answer.usage === null ? {} : { usage: usageOf(answer, answer.usage.output) }),
  };
  return [frame('open', start), ...blocks, frame('end', delta), frame('end', { type: 'message_stop' })];
};

const refusal = (answer: Answer) =>
  answer.stop === 'refusal' ? { stop_details: { type: 'refusal', category: null } } : {};

/** `POST /v1/messages` without `stream`. */
export const messageWhole = (answer: Answer, n: number) => ({
  id: messageId(n),
  type: 'message',
  role: 'assistant',
  model: answer.model,
  content: blocksOf(answer).map(({ whole }) => whole),
  stop_reason: stopReasons[answer.stop],
  stop_sequence: null,
  usage: usageOf(answer, answer.usage?.output ?? 0),
});

const supported = (yes: boolean) => ({ supported: yes });

/** One row of `/v1/models`. A model that says nothing about itself can all but see. */
export const modelOf = (model: ScenarioModel) => {
  const can = (what: string, otherwise = true) => supported(model.capabilities?.includes(what) ?? otherwise);
  return {
    type: 'model',
    id: model.name,
    display_name: model.name,
    created_at: '2026-01-01T00:00:00Z',
    lifecycle: model.lifecycle ?? 'active',
    line: null,
    deprecated_at: null,
    retires_at: model.retiresAt ?? null,
    max_input_tokens: model.contextTokens ?? 200_000,
    max_tokens: model.maxOutput ?? 64_000,
    capabilities: {
      structured_outputs: can('structured'),
      image_input: can('vision', false),
      batch: supported(false),
      thinking: { ...can('thinking'), types: {} },
      effort: can('effort'),
    },
  };
};
