/**
 * Control characters, and those that turn or hide text (bidirectional overrides, zero width, byte order marks).
 * Line feed and tab are left alone by `visible` and made visible by `oneLine`.
 */

const treacherous =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]/g;

const escaped = (char: string): string => {
  const code = char.charCodeAt(0);
  return code <= 0xff ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
};

/** Text of a model or a repository as it may be printed: nothing in it moves the cursor, rings, colours or turns around. */
export const visible = (text: string): string => text.replaceAll('\r\n', '\n').replace(treacherous, escaped);

/** The same on one line: line breaks and tabs become one space. */
export const oneLine = (text: string): string =>
  visible(text)
    .replace(/\s*[\n\t]\s*/g, ' ')
    .trim();
