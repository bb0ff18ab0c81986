export { askFor, jsonSchemaOf, type AskedCall, type Question } from './ask-for.ts';
export { guardCall, type CallGuard, type Clock, type Phase } from './call-guard.ts';
export { complete } from './complete.ts';
export { directFetch } from './direct-fetch.ts';
export { isPrivateAddress, parseEndpoint, plainHttpRefused } from './endpoint.ts';
export { guardedFetch } from './guarded-fetch.ts';
export { httpError, type HttpFailure } from './http-error.ts';
export { jsonIn } from './json-in.ts';
export { limitsOf, momentOf, shareOf } from './limits.ts';
export { authorOf, formatModelRef, parseModelRef, type ModelRef } from './model-ref.ts';
export type {
  Capabilities,
  CapabilityName,
  Chunk,
  Done,
  Embedded,
  JsonSchema,
  LearntFrom,
  LimitSeen,
  Message,
  Model,
  ModelRequest,
  Part,
  Progress,
  Run,
  Spent,
  Thought,
  Timing,
  Tool,
  ToolCall,
  Usage,
} from './model.ts';
export { limitOutput } from './output-limit.ts';
export { keyedModel, recordCalls, type RecordedCall, type Recording } from './recording.ts';
export { createReplayModel, estimateTokens } from './replay-model.ts';
export { canonicalJson, requestKey } from './request-key.ts';
export { nothingSpent, spentError } from './spent-error.ts';
export { neverConnected, streamBroken, transportError } from './transport-error.ts';
export { untrusted } from './untrusted.ts';
