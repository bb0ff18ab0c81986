import { lintSource } from '@secretlint/core';
import { rules as scanners } from '@secretlint/secretlint-rule-preset-recommend';
import { outsideOf } from '@hive/workspace';
import type { Found, Rule } from './rule.ts';

/** One that lets a comment switch the others off is for people who check their own files. */
const config = {
  rules: scanners
    .filter(({ meta }) => !meta.id.endsWith('filter-comments'))
    .map((rule) => ({
      id: rule.meta.id,
      rule,
      options: rule.meta.id.endsWith('-aws') ? { enableIDScanRule: true } : {},
    })),
};

/** Characters that are looked at in one go: many small files cost as much as one. */
const atOnce = 1_000_000;

/** Keys, tokens and passwords in added lines. What was found is never told, only of which kind it is. */
export const secrets: Rule = {
  name: 'secrets.added',
  find: async ({ files, notSecrets }) => {
    const allowed = new Set(files.map(({ path }) => path));
    for (const path of outsideOf([...allowed], notSecrets)) allowed.delete(path);
    const found: Found[] = [];
    let text = '';
    let places: { readonly from: number; readonly file: string; readonly line: number }[] = [];
    const look = async () => {
      if (text !== '') for (const { at, kind } of await scan(text)) found.push(told(kind, placeOf(places, at)));
      text = '';
      places = [];
    };
    for (const { path, added } of files) {
      if (allowed.has(path)) continue;
      for (const line of added) {
        places.push({ from: text.length, file: path, line: line.number });
        text += `${line.text}\n`;
      }
      // A file ends what may look like a secret over several lines.
      text += '\n';
      if (text.length > atOnce) await look();
    }
    await look();
    return found;
  },
};

const scan = async (content: string): Promise<{ readonly at: number; readonly kind: string }[]> => {
  const source = { content, filePath: 'added.txt', ext: '.txt', contentType: 'text' } as const;
  const { messages } = await lintSource({
    source,
    options: { config, noPhysicFilePath: true, maskSecrets: true },
  });
  return messages.map(({ range: [at], messageId }) => ({ at, kind: messageId }));
};

type Place = { readonly from: number; readonly file: string; readonly line: number };

/** The last line that begins at or before a character. */
const placeOf = (places: readonly Place[], at: number): Place | undefined => {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.from ?? Infinity) <= at) low = middle + 1;
    else high = middle;
  }
  return places[low - 1];
};

const told = (kind: string, place: Place | undefined): Found => ({
  message: `adds what looks like a secret (${kind
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replaceAll('_', ' ')
    .toLowerCase()}); take it out and make it void, or name the file under hive.security.notSecrets if it is none`,
  ...(place && { file: place.file, line: place.line }),
});
