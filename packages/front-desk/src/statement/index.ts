export { keyNameOf, parseEnvelope, seal, unseal } from './envelope.ts';
export { signStatement } from './sign-statement.ts';
export { readStatement, statementOf } from './statement.ts';
