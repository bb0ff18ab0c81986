import { HiveError } from '@hive/errors';

const deepest = 32;

/** Throws `input.invalid` for what nests deeper than anything that is asked for: whoever walks it later must not run out of stack. */
const assertFlat = (text: string): void => {
  let depth = 0;
  let isInText = false;
  for (let n = 0; n < text.length; n++) {
    const code = text.charCodeAt(n);
    if (isInText) {
      if (code === 92)
        n += 1; // a backslash and what it escapes
      else if (code === 34) isInText = false;
    } else if (code === 34) isInText = true;
    else if (code === 91 || code === 123) depth += 1;
    else if (code === 93 || code === 125) depth -= 1;
    if (depth > deepest) throw new HiveError('input.invalid', `The body nests deeper than ${deepest} levels`);
  }
};

/** The JSON of a body. */
export const jsonIn = (text: string): unknown => {
  assertFlat(text);
  try {
    return JSON.parse(text);
  } catch {
    throw new HiveError('input.invalid', 'The body is not JSON');
  }
};
