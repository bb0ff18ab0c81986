/** The model and perhaps the box of `ollama:<model>[@box]`; null for any other model. */
export const localRef = (ref: string | undefined): { readonly model: string; readonly box?: string } | null => {
  if (!ref?.startsWith('ollama:')) return null;
  const [model = '', box] = ref.slice('ollama:'.length).split('@');
  return { model, ...(box !== undefined && { box }) };
};
