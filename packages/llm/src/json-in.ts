/**
 * The JSON that an answer is, `undefined` when it is none. A fence around the whole answer is no part of it: models that have a schema
 * only in their prompt like to add one.
 */
export const jsonIn = (text: string): unknown => {
  const inner = /^\s*```(?:json)?\s*\n([\s\S]*)\n\s*```\s*$/.exec(text)?.[1];
  try {
    return JSON.parse(inner ?? text) as unknown;
  } catch {
    return undefined;
  }
};
