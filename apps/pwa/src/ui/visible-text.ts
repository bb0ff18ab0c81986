// Everything that an agent, a model or a repository wrote is hostile text: what cannot be seen is shown as an escape.
// C0 and C1 controls but tab and newline, soft hyphen, zero width, bidi marks and overrides, line separators, tags, BOM.
const hidden =
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|[\u{e0000}-\u{e007f}]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/gu;

const escape = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

/** The text with control, bidi and zero-width characters as visible escapes. Tab and newline stay. */
export const visibleText = (text: string): string => text.replace(hidden, escape);

/** The same on one line: line breaks and tabs become one space. */
export const visibleLine = (text: string): string => visibleText(text).replace(/[\t\n]+/g, ' ');
