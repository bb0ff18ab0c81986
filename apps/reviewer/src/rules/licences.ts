import { baseName, type Found, type Rule } from './rule.ts';

const files =
  /^(?:licen[cs]e|copying|notice|copyright|unlicense|patents)(?:[_-][^.]*)?(?:\.(?:txt|md|rst|adoc|html|mit|apache|bsd|l?gpl))?$/i;

const isLicence = (path: string): boolean => files.test(baseName(path)) || /(?:^|\/)LICENSES\//.test(path);

/** The line of a manifest that says under which terms its package may be used. */
const inManifest = /^\s*(?:"license"\s*:|license\s*=)/;
const manifests = /^(?:package\.json|Cargo\.toml|pyproject\.toml|composer\.json)$/;

/** Files of a licence, and what manifests say of it. */
export const licences: Rule = {
  name: 'licence.changed',
  find: ({ files: changed }) =>
    changed.flatMap(({ path, kind, added, removed }): Found[] => {
      if (isLicence(path)) return [{ message: `is a licence and was ${kind}`, file: path }];
      if (!manifests.test(baseName(path)) || kind === 'added') return [];
      const said = (lines: typeof added) => lines.find(({ text }) => inManifest.test(text));
      const [before, after] = [said(removed), said(added)];
      if (before?.text.trim().replace(/,$/, '') === after?.text.trim().replace(/,$/, '')) return [];
      return [{ message: 'names other terms for its package', file: path, ...(after && { line: after.number }) }];
    }),
};
