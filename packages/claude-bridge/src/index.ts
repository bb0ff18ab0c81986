export { createClaude, type ClaudeOptions } from './create-claude.ts';
export { type Prices } from './usage.ts';
