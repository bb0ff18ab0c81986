export { type ClaudeCodeAccess, type ClaudeCodeOptions, type ToolAsked } from './claude-code/command-line.ts';
export { createClaudeCode } from './claude-code/create-claude-code.ts';
export { createClaude, listClaudeModels, type ClaudeOptions } from './create-claude.ts';
export { type Access } from './client.ts';
export { type ListedModel } from './model-info.ts';
export { type Price, type Prices } from './usage.ts';
