import { z } from 'zod';

/**
 * Who wrote a change: `human` (a patch or branch handed in), `oracle` (a stored patch of the bundled examples),
 * `tool` (a deterministic command), or a model (`ollama:<model>@<box>`, `claude:<model>`, `claude-code:<model>`, `double:<scenario>`).
 */
export const Author = z.string().regex(/^(human|oracle|tool|(ollama|claude|claude-code|double):.+)$/);
export type Author = z.infer<typeof Author>;

export { isModelAuthor } from './is-model-author.ts';
