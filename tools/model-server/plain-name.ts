/** Ollama's `name` and `name:latest` are the same model. */
export const plainName = (model: string): string => model.replace(/:latest$/, '');
