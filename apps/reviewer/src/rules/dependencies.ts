import { ecosystems, isManifest, wantedIn } from './manifests.ts';
import { baseName, folderOf, listed, named, textIn, type Change, type Found, type Rule, type Texts } from './rule.ts';
import type { FileChange } from '../patch-parts.ts';

/** What one manifest asks for anew or otherwise; `unread` where that cannot be said. */
type Step = { readonly fresh: readonly string[]; readonly moved: readonly string[]; readonly unread: boolean };

const stepOf = (file: FileChange, { texts }: Change): Step => {
  const before = textIn(texts.before, file.from ?? file.path);
  const after = textIn(texts.after, file.path);
  const now = after === null ? null : wantedIn(file.path, after);
  const then = before === null ? new Map<string, string>() : wantedIn(file.path, before);
  if (now === null || then === null) return { fresh: [], moved: [], unread: after !== null || file.added.length > 0 };
  const foreign = [...now].filter(([name, spec]) => !isOwn(name, spec, { manifest: after ?? '', after: texts.after }));
  return {
    fresh: foreign.flatMap(([name]) => (then.has(name) ? [] : [name])),
    moved: foreign.flatMap(([name, spec]) => (then.has(name) && then.get(name) !== spec ? [name] : [])),
    unread: false,
  };
};

/** A package of the same repository is no dependency on anybody. */
const isOwn = (
  name: string,
  spec: string,
  { manifest, after }: { readonly manifest: string; readonly after: Texts },
): boolean => {
  if (/^"?(?:workspace|file|link|portal):|\bpath\s*=|\bworkspace\s*=\s*true/.test(spec)) return true;
  const scope = /^\s*"name":\s*"(@[^/"]+\/)/m.exec(manifest)?.[1];
  if (spec === '"*"' && scope !== undefined && name.startsWith(scope)) return true;
  const link = `"node_modules/${name}": {`;
  return [...after].some(([path, { text }]) => {
    if (baseName(path) !== 'package-lock.json' || text === null) return false;
    const at = text.indexOf(link);
    return at !== -1 && /^[^}]*"link": true/.test(text.slice(at + link.length, at + 500));
  });
};

const manifestsOf = ({ files }: Change): readonly FileChange[] =>
  files.filter(({ path, kind, isBinary }) => kind !== 'deleted' && !isBinary && isManifest(path));

/** Dependencies that are new, or are wanted in another version. What nobody can read is told as if it had some. */
export const dependencies: Rule = {
  name: 'dependency.new',
  find: (change) =>
    manifestsOf(change).flatMap((file): Found[] => {
      const { fresh, moved, unread } = stepOf(file, change);
      const said = [
        ...(fresh.length > 0 ? [`adds ${listed(fresh)}`] : []),
        ...(moved.length > 0 ? [`wants another version of ${listed(moved)}`] : []),
        ...(unread ? ['cannot be read, so what it needs is not known'] : []),
      ];
      return said.length === 0
        ? []
        : [{ message: said.join('; '), file: file.path, ...lineOf(file, fresh[0] ?? moved[0]) }];
    }),
};

const lineOf = ({ added }: FileChange, name: string | undefined): { line?: number } => {
  const line = added.find(({ text }) =>
    text.split(/[^\w@/.-]+/).some((word) => word.toLowerCase() === name?.toLowerCase()),
  );
  return line ? { line: line.number } : {};
};

const isBelow = (path: string, folder: string): boolean => folder === '' || path.startsWith(`${folder}/`);

/** Lock files that change without a manifest that they are made from. */
export const lockFileAlone: Rule = {
  name: 'lockfile.alone',
  find: ({ files }) =>
    files.flatMap(({ path, kind }): Found[] => {
      const of = ecosystems.find(({ locks }) => locks.includes(baseName(path)));
      if (!of || kind !== 'changed') return [];
      const folder = folderOf(path);
      if (files.some((it) => of.manifest.test(baseName(it.path)) && isBelow(it.path, folder))) return [];
      return [{ message: 'changes what is installed, and no manifest asks for that', file: path }];
    }),
};

/** The lock files that may belong to a manifest: beside it, or in a folder above. */
export const lockFilesFor = (path: string): readonly string[] => {
  const of = ecosystems.find(({ manifest }) => manifest.test(baseName(path)));
  const folders: string[] = [];
  for (let folder = folderOf(path); ; folder = folderOf(folder)) {
    folders.push(folder);
    if (folder === '') break;
  }
  return (of?.locks ?? []).flatMap((lock) => folders.map((folder) => (folder === '' ? lock : `${folder}/${lock}`)));
};

/** Dependencies that change while the lock file stays as it was. */
export const lockFileBehind: Rule = {
  name: 'lockfile.behind',
  find: (change) =>
    manifestsOf(change).flatMap((file): Found[] => {
      const { fresh, moved } = stepOf(file, change);
      if (fresh.length + moved.length === 0) return [];
      const there = lockFilesFor(file.path).filter((path) => change.texts.before.has(path));
      const touched = new Set(change.files.map(({ path }) => path));
      if (there.length === 0 || there.some((path) => touched.has(path))) return [];
      const message = `asks for other dependencies, and ${named(there[0] ?? '')} stays as it was`;
      return [{ message, file: file.path, severity: 'warning' }];
    }),
};
