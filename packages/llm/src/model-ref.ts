import { HiveError } from '@hive/errors';

/** Which model, of whom, on which box. `claude-code` is asked through the user's own command line; `double` says that it stands in for a model. */
export type ModelRef = {
  readonly provider: 'claude' | 'claude-code' | 'ollama' | 'double';
  readonly model: string;
  readonly box?: string;
};

/**
 * Reads `claude:<model>`, `claude-code:<model>`, `ollama:<model>[@box]` or `double:<scenario>`. An Ollama model may contain colons: `ollama:qwen3-coder:30b@walnut`.
 * Throws `config.invalid` with the forms that are accepted.
 */
export const parseModelRef = (text: string): ModelRef => {
  const colon = text.indexOf(':');
  const provider = text.slice(0, Math.max(colon, 0));
  const rest = text.slice(colon + 1);
  if (rest === '' || /[\s\p{Cc}]/u.test(rest)) throw invalid(text);
  if (provider === 'claude' || provider === 'claude-code' || provider === 'double') return { provider, model: rest };
  if (provider !== 'ollama') throw invalid(text);
  const at = rest.lastIndexOf('@');
  if (at < 0) return { provider, model: rest };
  const model = rest.slice(0, at);
  const box = rest.slice(at + 1);
  if (model === '' || box === '') throw invalid(text);
  return { provider, model, box };
};

const invalid = (text: string) =>
  new HiveError(
    'config.invalid',
    `"${text}" names no model; write claude:<model>, claude-code:<model>, ollama:<model> or ollama:<model>@<box>`,
    { remedy: 'fix_config', details: { ref: text } },
  );

/** The text form that {@link parseModelRef} reads. */
export const formatModelRef = ({ provider, model, box }: ModelRef): string =>
  `${provider}:${model}${box === undefined ? '' : `@${box}`}`;

/** Who wrote what this reply says: the model that was asked, or `double:<scenario>` when the server said that it is a double. */
export const authorOf = (ref: ModelRef, reply: { readonly double?: string }): string =>
  formatModelRef(reply.double === undefined ? ref : { provider: 'double', model: reply.double });
