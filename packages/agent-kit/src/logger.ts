import { pino, type Logger } from 'pino';

const redacted = ['apiKey', 'token.value', 'authorization', 'password', '*.apiKey', '*.authorization', '*.password'];

/** The root logger of a process: JSON lines to stdout, secrets replaced. The supervisor keeps the lines. */
export const createLogger = (fields: Readonly<Record<string, string>>): Logger =>
  pino({ base: fields, redact: { paths: redacted, censor: '***' }, timestamp: pino.stdTimeFunctions.isoTime });
