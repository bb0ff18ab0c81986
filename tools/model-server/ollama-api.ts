import { createHash } from 'node:crypto';
import { sizeOf, type Resident } from './box.ts';
import { pieces, type Answer, type Frame } from './answer.ts';
import type { ScenarioModel } from './scenario.ts';
import type { Wire } from './send.ts';

/** Ollama's way of writing what goes wrong inside a stream. */
export const ollamaWire: Wire = {
  contentType: 'application/x-ndjson',
  errorFrame: (fault) =>
    `${JSON.stringify({ error: fault.message ?? 'an error was encountered while running the model' })}\n`,
  invalidLine: '{"model": nonsense}\n',
  unknownEvent: '{"model":"double","message":{"role":"assistant","content":""},"something_new":1,"done":false}\n',
};

/** A moment with nine decimals, as Ollama writes it; it depends on the number of the request only. */
export const moment = (n: number): string => `2026-01-01T00:00:${String(n % 60).padStart(2, '0')}.123456789Z`;

const millisecond = 1_000_000;
const usageOf = ({ usage }: Answer, loadMs: number) => {
  const load_duration = Math.max(1, Math.round(loadMs)) * millisecond;
  return usage === null
    ? { total_duration: 4 * millisecond + load_duration, load_duration }
    : {
        total_duration: (4 + usage.output) * millisecond + load_duration,
        load_duration,
        prompt_eval_count: usage.input,
        prompt_eval_duration: 2 * millisecond,
        eval_count: usage.output,
        eval_duration: usage.output * millisecond,
      };
};
const doneReason = (answer: Answer) => (answer.stop === 'max_tokens' ? 'length' : 'stop');

/** Arguments are an object in Ollama's answers; a text that is none is sent as it is. */
const argumentsOf = (json: string): unknown => {
  try {
    return JSON.parse(json) as unknown;
  } catch {
    return json;
  }
};
const toolCallsOf = (answer: Answer) =>
  answer.toolCalls.map(({ name, json }) => ({ function: { name, arguments: argumentsOf(json) } }));

/** `/api/chat` as NDJSON lines: thinking, text, tool calls (without ids), then the record with all durations. */
export const chatFrames = (answer: Answer, n: number, loadMs: number): Frame[] => {
  const line = (kind: Frame['kind'], rest: object): Frame => ({
    kind,
    bytes: `${JSON.stringify({ model: answer.model, created_at: moment(n), ...rest })}\n`,
  });
  const message = (rest: object) => ({ message: { role: 'assistant', content: '', ...rest }, done: false });
  return [
    ...pieces(answer.thinking, 2).map((thinking) => line('content', message({ thinking }))),
    ...answer.text.map((content) => line('content', message({ content }))),
    ...(answer.toolCalls.length > 0 ? [line('content', message({ tool_calls: toolCallsOf(answer) }))] : []),
    line('end', {
      message: { role: 'assistant', content: '' },
      done: true,
      done_reason: doneReason(answer),
      ...usageOf(answer, loadMs),
    }),
  ];
};

/** `/api/chat` with `stream: false`. */
export const chatWhole = (answer: Answer, n: number, loadMs: number) => ({
  model: answer.model,
  created_at: moment(n),
  message: {
    role: 'assistant',
    content: answer.text.join(''),
    ...(answer.thinking === '' ? {} : { thinking: answer.thinking }),
    ...(answer.toolCalls.length > 0 ? { tool_calls: toolCallsOf(answer) } : {}),
  },
  done: true,
  done_reason: doneReason(answer),
  ...usageOf(answer, loadMs),
});

/** `/api/generate` as NDJSON lines. */
export const generateFrames = (answer: Answer, n: number, loadMs: number): Frame[] => {
  const line = (kind: Frame['kind'], rest: object): Frame => ({
    kind,
    bytes: `${JSON.stringify({ model: answer.model, created_at: moment(n), ...rest })}\n`,
  });
  return [
    ...answer.text.map((response) => line('content', { response, done: false })),
    line('end', { response: '', done: true, done_reason: doneReason(answer), ...usageOf(answer, loadMs) }),
  ];
};

/** `/api/generate` with `stream: false`. */
export const generateWhole = (answer: Answer, n: number, loadMs: number) => ({
  model: answer.model,
  created_at: moment(n),
  response: answer.text.join(''),
  done: true,
  done_reason: doneReason(answer),
  ...usageOf(answer, loadMs),
});

const digest = (name: string): string => createHash('sha256').update(name).digest('hex');
const tagged = (name: string): string => (name.includes(':') ? name : `${name}:latest`);
const details = {
  parent_model: '',
  format: 'gguf',
  family: 'double',
  families: ['double'],
  parameter_size: '1M',
  quantization_level: 'F32',
};
const contextTokens = (model: ScenarioModel) => model.contextTokens ?? 32_768;

/** One row of `/api/tags`. */
export const tagOf = (model: ScenarioModel) => ({
  name: tagged(model.name),
  model: tagged(model.name),
  modified_at: moment(0),
  size: sizeOf(model),
  digest: model.digest ?? digest(model.name),
  details,
});

/** One row of `/api/ps`. */
export const loadedOf = ({ model, numCtx, sizeVram, expiresAt }: Resident) => ({
  ...tagOf(model),
  expires_at: new Date(expiresAt).toISOString().replace('Z', '456789Z'),
  size_vram: sizeVram,
  context_length: numCtx,
});

/** The answer of `/api/show`: the maximum that the model can, not what is running. */
export const shownOf = (model: ScenarioModel) => ({
  modified_at: moment(0),
  template: '{{ .Prompt }}',
  details,
  model_info: { 'general.architecture': 'double', 'double.context_length': contextTokens(model) },
  capabilities: model.capabilities ?? ['completion', 'tools'],
});
