import { writeSync } from 'node:fs';
import { pino, type DestinationStream, type Logger } from 'pino';

const redacted = ['apiKey', 'token.value', 'authorization', 'password', '*.apiKey', '*.authorization', '*.password'];

/** pino's own stream tries a full disk again for ever, with the whole process standing still: then a line is lost instead. */
const stdout: DestinationStream = {
  write: (line) => {
    try {
      writeSync(1, line);
    } catch {
      // Nobody is left to be told.
    }
  },
};

/** The root logger of a process: JSON lines to stdout, secrets replaced. The supervisor keeps the lines. */
export const createLogger = (fields: Readonly<Record<string, string>>): Logger =>
  pino({ base: fields, redact: { paths: redacted, censor: '***' }, timestamp: pino.stdTimeFunctions.isoTime }, stdout);
