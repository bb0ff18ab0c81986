import { z } from 'zod';

/** A signed statement: a DSSE envelope, whose payload is an in-toto statement in base64. The name in `keyid` is a hint and proves nothing. */
export const SignedStatement = z.object({
  payloadType: z.string(),
  payload: z.string().describe('base64'),
  signatures: z.array(z.object({ keyid: z.string(), sig: z.string().describe('base64') })),
});
export type SignedStatement = z.infer<typeof SignedStatement>;
