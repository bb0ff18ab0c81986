import { parseDocument } from 'yaml';

/** The text of hive.yaml with a box; everything else in it stays as it is, comments too. */
export const withBox = (
  text: string,
  name: string,
  { endpoint, model }: { readonly endpoint: string; readonly model?: string | undefined },
): string => {
  const document = parseDocument(text);
  document.setIn(['hive', 'agents', name, 'endpoint'], endpoint);
  if (model !== undefined) document.setIn(['hive', 'agents', name, 'model'], model);
  return document.toString({ lineWidth: 0 });
};

/** The text without a box. */
export const withoutBox = (text: string, name: string): string => {
  const document = parseDocument(text);
  document.deleteIn(['hive', 'agents', name]);
  return document.toString({ lineWidth: 0 });
};
