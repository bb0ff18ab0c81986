import type { Found, Rule } from './rule.ts';

/** Characters that turn the order of a line around, and those that do not show at all (CVE-2021-42574). */
const never = /[\u202a-\u202e\u2066-\u2069\u200b\u2060-\u2064\u180e\u3164\u115f\u1160\uffa0\ufff9-\ufffb]/u;
/** What terminals obey. Tabs, form feeds and the end of a line in the way of Windows are none of it. */
const control = /[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]/;
/** Joiners and marks that scripts and pictures need, but no word of Latin letters does. */
const amongLatin = /[\w$][\u200c\u200d\u200e\u200f\u061c\u00ad\ufeff]|[\u200c\u200d\u200e\u200f\u061c\ufeff][\w$]/;
/** Letters that nobody sees; a flag is the one thing that they may spell. */
const tags = /(?<![\u{e0020}-\u{e007f}\u{1f3f4}])[\u{e0000}-\u{e007f}]|[\u{e0100}-\u{e01ef}]/u;

/** Characters in added lines, and in names of files, that a reader does not see. */
export const invisible: Rule = {
  name: 'text.invisible',
  find: ({ files }) => {
    const found: Found[] = [];
    for (const { path, added, kind } of files) {
      const inName = kind === 'deleted' ? null : (strange(path) ?? (/[\n\r\t]/.exec(path)?.[0] || null));
      if (inName !== null) found.push({ message: `its name holds ${said(inName)}`, file: path });
      const first = added.find(({ number, text }) => strange(withoutMark(text, number)) !== null);
      if (!first) continue;
      const char = strange(withoutMark(first.text, first.number)) ?? '';
      found.push({ message: `holds ${said(char)}, which does not show`, file: path, line: first.number });
    }
    return found;
  },
};

/** The mark that a text may begin with is none. */
const withoutMark = (text: string, number: number): string =>
  number === 1 && text.startsWith('\ufeff') ? text.slice(1) : text;

const strange = (text: string): string | null => {
  // Most lines are plain, and this is looked at for each.
  if (/^[\x20-\x7e\t]*$/.test(text)) return null;
  for (const shape of [never, control, tags]) {
    const char = shape.exec(text)?.[0];
    if (char !== undefined) return char;
  }
  const pair = amongLatin.exec(text)?.[0];
  return pair === undefined ? null : (/[^\w$]/.exec(pair)?.[0] ?? null);
};

const said = (char: string): string =>
  `the character U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
