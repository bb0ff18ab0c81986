import { visibleText } from './visible-text.ts';

/** An error as a person reads it: its code where it has one, what happened, and what to do. */
export type ErrorWords = { readonly code: string | null; readonly said: string; readonly remedy: string };

const remedies: Readonly<Record<string, string>> = {
  retry: 'Try again in a moment.',
  give_up: '',
  fix_config: 'Something has to be set up differently first.',
};

/** The words for whatever was thrown; a refusal of the server says code and remedy itself. */
export const errorWords = (error: unknown): ErrorWords => {
  const { code, remedy } = (error ?? {}) as { readonly code?: unknown; readonly remedy?: unknown };
  const said = visibleText(error instanceof Error ? error.message : String(error));
  return {
    code: typeof code === 'string' ? code : null,
    said: /[.!?]$/.test(said) ? said : `${said}.`,
    remedy: typeof remedy === 'string' ? (remedies[remedy] ?? '') : '',
  };
};
