export { askFor, jsonSchemaOf, type AskedCall, type Question } from './ask-for.ts';
export { guardCall, type CallGuard, type Clock, type Phase } from './call-guard.ts';
export { complete } from './complete.ts';
export { isPrivateAddress, parseEndpoint, plainHttpRefused } from './endpoint.ts';
export { guardedFetch } from './guarded-fetch.ts';
export { httpError, retryAfter, type HttpFailure } from './http-error.ts';
export { authorOf, formatModelRef, parseModelRef, type ModelRef } from './model-ref.ts';
export type {
  Capabilities,
  Chunk,
  Done,
  JsonSchema,
  Message,
  Model,
  ModelRequest,
  Part,
  Run,
  Timing,
  Tool,
  ToolCall,
  Usage,
} from './model.ts';
export { keyedModel, recordCalls, type RecordedCall, type Recording } from './recording.ts';
export { createReplayModel, estimateTokens } from './replay-model.ts';
export { canonicalJson, requestKey } from './request-key.ts';
export { spentError } from './spent-error.ts';
export { streamBroken, transportError } from './transport-error.ts';
export { untrusted } from './untrusted.ts';
