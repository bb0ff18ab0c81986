export { createClaude, type ClaudeOptions } from './create-claude.ts';
export { type Price, type Prices } from './usage.ts';
