import { z } from 'zod';
import { WaysIn } from './ways-in.ts';

/** What whoever may come in is allowed to do; `owner` is all of it, and what the token in HIVE_HOME is. */
export const Role = z.enum(['viewer', 'operator', 'approver', 'admin', 'owner']);
export type Role = z.infer<typeof Role>;

/** What a route does, as far as being allowed to is concerned: look, hand in work, stop work, decide about approvals, let others in. */
export const Permission = z.enum(['read', 'work', 'stop', 'decide', 'admit']);
export type Permission = z.infer<typeof Permission>;

const Name = z
  .string()
  .trim()
  .min(1)
  .max(80)
  // Names are shown to people who decide by them: no line breaks, and nothing that turns the direction of text.
  .regex(/^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u, 'a name in one line of visible characters');

const KeyId = z.string().describe('twelve hexadecimal digits');

/** A browser that was let in. `current`: it is the one that asks. */
export const DeviceSummary = z.object({
  id: KeyId,
  name: z.string(),
  role: Role,
  pairedAt: z.string(),
  seenAt: z.string().describe('its last request, to the minute'),
  expiresAt: z.string().describe('when it is let in no more, unless it comes before'),
  current: z.boolean(),
});
export type DeviceSummary = z.infer<typeof DeviceSummary>;

/** What `POST /devices/{id}/rename` takes. */
export const RenameRequest = z.strictObject({ name: Name });
export type RenameRequest = z.infer<typeof RenameRequest>;

/** A token of a program. Its value is told once, when it is made. */
export const TokenSummary = z.object({
  id: KeyId,
  name: z.string(),
  role: Role,
  createdAt: z.string(),
  usedAt: z.string().nullable().describe('its last request, to the minute'),
  expiresAt: z.string().nullable(),
});
export type TokenSummary = z.infer<typeof TokenSummary>;

/** What `POST /tokens` takes. Nobody can hand out more than they may do themselves. */
export const TokenRequest = z.strictObject({
  name: Name,
  role: Role,
  expiresAt: z.iso.datetime().optional().describe('from then on it is refused'),
});
export type TokenRequest = z.infer<typeof TokenRequest>;

/** A token that was just made. */
export const TokenMade = TokenSummary.extend({ token: z.string().describe('its value, shown this once') });
export type TokenMade = z.infer<typeof TokenMade>;

/** Whoever asks: the token of the home, a paired browser, or the token of a program. `id` is null for the first. */
export const SessionSummary = z.object({
  kind: z.enum(['home', 'device', 'token']),
  id: KeyId.nullable(),
  name: z.string(),
  role: Role,
  may: z.array(Permission),
});
export type SessionSummary = z.infer<typeof SessionSummary>;

/** What `POST /pair/codes` takes: what the browser will be allowed to do (default: all that whoever asks may do), and what it is called. */
export const PairCodeRequest = z.strictObject({
  role: Role.optional(),
  name: Name.optional().describe(
    'of the device, in the list of devices and with what is decided there; default: what the browser says it is',
  ),
});
export type PairCodeRequest = z.infer<typeof PairCodeRequest>;

/** A link that lets one browser in, once, until it expires. */
export const PairCode = z.object({
  url: z.string().describe('at the address that was asked'),
  role: Role,
  expiresAt: z.string(),
  ...WaysIn.shape,
});
export type PairCode = z.infer<typeof PairCode>;

/** What `POST /pair` takes: the code of a link. */
export const PairRequest = z.strictObject({ code: z.string().min(1).max(200) });
export type PairRequest = z.infer<typeof PairRequest>;

/** What a browser that was let in has to send with everything that changes something, as the header `x-hive-csrf`. Its cookie comes with the answer. */
export const Paired = z.object({ csrf: z.string(), device: DeviceSummary });
export type Paired = z.infer<typeof Paired>;

/** Who may come in over HTTP, and as what. Answered by the server alone: who opens the store itself needs nobody's leave. */
export type Entrance = {
  /** Exchanges a one-time code for a session of this browser. */
  pair(code: string): Promise<Paired>;
  pairCode(request?: PairCodeRequest): Promise<PairCode>;
  session(): Promise<SessionSummary>;
  devices(): Promise<readonly DeviceSummary[]>;
  renameDevice(id: string, request: RenameRequest): Promise<DeviceSummary>;
  /** Its streams end at once, and its next request is refused. */
  revokeDevice(id: string): Promise<DeviceSummary>;
  tokens(): Promise<readonly TokenSummary[]>;
  createToken(request: TokenRequest): Promise<TokenMade>;
  revokeToken(id: string): Promise<TokenSummary>;
};
