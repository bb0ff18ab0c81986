import { z } from 'zod';
import { Id } from './ids.ts';

/** One value for each stretch of time; null where nothing was measured. */
const Measured = z.array(z.number().nullable());
const Counted = z.array(z.int());

/** What one agent did: steps of it that went well, that failed, and that it lost, and its last trouble. */
export const AgentFigures = z.object({
  agent: z.string(),
  good: z.int(),
  failed: z.int(),
  lost: z.int(),
  goodOver: Counted,
  badOver: Counted,
  last: z.object({ at: z.string(), type: z.string(), text: z.string(), eventId: Id, correlationId: Id }).nullable(),
});
export type AgentFigures = z.infer<typeof AgentFigures>;

/** What the calls to one model at one place came to; calls that were answered from a recording are not among them. Milliseconds. */
export const EndpointFigures = z.object({
  provider: z.string(),
  model: z.string(),
  box: z.string().nullable(),
  destination: z.string(),
  calls: z.int(),
  failed: z.int(),
  limited: z.int().describe('limits that were met'),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  firstTokenMs: z.number().nullable().describe('median'),
  queuedMs: z.number().nullable().describe('median of the waiting for a place on a box'),
  tokensPerS: z.number().nullable().describe('median'),
  callsOver: Counted,
  failedOver: Counted,
  msOver: Measured.describe('median of calls that were answered'),
  queuedOver: Measured,
  runningOver: Measured.describe('calls that ran at once, on average'),
});
export type EndpointFigures = z.infer<typeof EndpointFigures>;

/** What happened in the last hour, day or seven days, in stretches of equal length. `since` is later than asked for where the log holds more than is read. */
export const Figures = z.object({
  since: z.string(),
  until: z.string(),
  stepMs: z.int(),
  events: z.int(),
  eventsOver: Counted,
  agents: z.array(AgentFigures),
  endpoints: z.array(EndpointFigures),
});
export type Figures = z.infer<typeof Figures>;

/** Which stretch of time: the last hour by minutes, the last day by quarters of an hour, or the last seven days by hours. */
export const FiguresWindow = z.enum(['1h', '24h', '7d']);
export type FiguresWindow = z.infer<typeof FiguresWindow>;
