import type { Found, Rule } from './rule.ts';

/** Both ends of a conflict, or the name that git writes beside one of them. */
const begin = /^<{7} \S/;
const end = /^>{7} \S/;

/** What a merge left behind in added lines. */
export const conflictMarkers: Rule = {
  name: 'text.conflict_markers',
  find: ({ files }) =>
    files.flatMap(({ path, added }): Found[] => {
      const line = added.find(({ text }) => begin.test(text) || end.test(text));
      return line
        ? [{ message: 'holds the mark of a conflict that was not resolved', file: path, line: line.number }]
        : [];
    }),
};
