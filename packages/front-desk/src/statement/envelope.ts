import { createHash, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { SignedStatement as Envelope } from '@hive/events';

/** What in-toto statements are called in an envelope. */
export const statementType = 'application/vnd.in-toto+json';

/** What is signed: type and payload with their lengths (PAE of the DSSE specification), so that neither can be taken for part of the other. */
export const signedBytes = (payloadType: string, payload: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${payload.length} `), payload]);

/** A name for a public key: the SHA-256 of its DER form, in hex. */
export const keyNameOf = (key: KeyObject): string => {
  const open = key.type === 'private' ? createPublicKey(key) : key;
  return createHash('sha256')
    .update(open.export({ type: 'spki', format: 'der' }))
    .digest('hex');
};

/** Signs with Ed25519. */
export const seal = (payload: string, key: KeyObject): Envelope => {
  const bytes = Buffer.from(payload);
  return {
    payloadType: statementType,
    payload: bytes.toString('base64'),
    signatures: [{ keyid: keyNameOf(key), sig: sign(null, signedBytes(statementType, bytes), key).toString('base64') }],
  };
};

/** The payload, when one of the signatures is of this key; else null. The name in `keyid` is a hint and proves nothing. */
export const unseal = (envelope: Envelope, publicKey: KeyObject): string | null => {
  const bytes = Buffer.from(envelope.payload, 'base64');
  const signed = signedBytes(envelope.payloadType, bytes);
  const isSigned = envelope.signatures.some(({ sig }) => verify(null, signed, publicKey, Buffer.from(sig, 'base64')));
  return isSigned ? bytes.toString('utf8') : null;
};

/** The envelope of a text; null for one that is none. */
export const parseEnvelope = (text: string): Envelope | null => {
  try {
    const found = JSON.parse(text) as Partial<Envelope> | null;
    const isWhole =
      typeof found?.payload === 'string' &&
      typeof found.payloadType === 'string' &&
      Array.isArray(found.signatures) &&
      found.signatures.every((one: unknown) => typeof (one as Envelope['signatures'][number] | null)?.sig === 'string');
    return isWhole ? (found as Envelope) : null;
  } catch {
    return null; // no JSON
  }
};
