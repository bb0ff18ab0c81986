import { beginningOf } from '@hive/errors';

/** What a plan is told of the files of a repository, in so many characters at most. */
export type RepositoryMap = { readonly languages: readonly string[]; readonly tree: string };

type Folder = { readonly path: string; readonly files: string[]; readonly folders: Map<string, Folder>; count: number };

/** What others wrote: told by number only. */
const foreign = new Set(['node_modules', 'vendor', 'third_party', 'dist', 'build', '.venv', 'target', '__pycache__']);
const mostOfOneFolder = 60;
/** Lines may be a little longer than they were reckoned. */
const slack = 200;

const languages: Readonly<Record<string, string>> = {
  ts: 'TypeScript',
  tsx: 'TypeScript',
  mts: 'TypeScript',
  js: 'JavaScript',
  jsx: 'JavaScript',
  mjs: 'JavaScript',
  cjs: 'JavaScript',
  py: 'Python',
  go: 'Go',
  rs: 'Rust',
  java: 'Java',
  kt: 'Kotlin',
  cs: 'C#',
  c: 'C',
  h: 'C',
  cpp: 'C++',
  cc: 'C++',
  hpp: 'C++',
  rb: 'Ruby',
  php: 'PHP',
  swift: 'Swift',
  scala: 'Scala',
  ex: 'Elixir',
  sh: 'Shell',
  sql: 'SQL',
  html: 'HTML',
  css: 'CSS',
  vue: 'Vue',
  svelte: 'Svelte',
  tf: 'Terraform',
  yaml: 'YAML',
  yml: 'YAML',
  md: 'Markdown',
};

/** The map of a repository from the paths of its files. What does not fit is told by number; the deeper a folder, the sooner. */
export const repositoryMap = (files: readonly string[], longest: number): RepositoryMap => ({
  languages: languagesOf(files),
  tree: treeOf(files, longest),
});

const languagesOf = (files: readonly string[]): string[] => {
  const counts = new Map<string, number>();
  for (const file of files) {
    const language = languages[file.slice(file.lastIndexOf('.') + 1).toLowerCase()];
    if (language !== undefined) counts.set(language, (counts.get(language) ?? 0) + 1);
  }
  const most = [...counts].sort(([one, a], [other, b]) => b - a || (one < other ? -1 : 1));
  return most.slice(0, 8).map(([language, count]) => `${language}: ${count} ${count === 1 ? 'file' : 'files'}`);
};

const treeOf = (files: readonly string[], longest: number): string => {
  const root = foldersOf(files);
  const opened = new Set<Folder>();
  let left = longest;
  // Breadth first: what is near the top says most about where things belong.
  for (let level: readonly Folder[] = [root]; level.length > 0 && left > 0;) {
    const next: Folder[] = [];
    for (const folder of level) {
      const won = lengthOpened(folder);
      if (folder !== root && (won > left || isForeign(folder))) continue;
      left -= won;
      opened.add(folder);
      next.push(...folder.folders.values());
    }
    level = next;
  }
  const lines: string[] = [];
  const write = (folder: Folder): void => {
    if (!opened.has(folder)) return void lines.push(closedLine(folder));
    if (folder.files.length > 0) lines.push(openLine(folder));
    for (const [, child] of [...folder.folders].sort(([a], [b]) => (a < b ? -1 : 1))) write(child);
  };
  write(root);
  const tree = lines.join('\n');
  return tree.length <= longest + slack ? tree : `${beginningOf(tree, longest)}\n… and more`;
};

const foldersOf = (files: readonly string[]): Folder => {
  const root: Folder = { path: '', files: [], folders: new Map(), count: 0 };
  for (const file of files) {
    let folder = root;
    folder.count += 1;
    const parts = file.split('/');
    const name = parts.pop() ?? '';
    for (const part of parts) {
      let child = folder.folders.get(part);
      if (!child) folder.folders.set(part, (child = emptyFolder(`${folder.path}${part}/`)));
      child.count += 1;
      folder = child;
    }
    folder.files.push(name);
  }
  return root;
};

const emptyFolder = (path: string): Folder => ({ path, files: [], folders: new Map(), count: 0 });

const isForeign = ({ path }: Folder): boolean => foreign.has(path.split('/').at(-2) ?? '');

const numbered = (count: number): string => `${count} ${count === 1 ? 'file' : 'files'}`;
const closedLine = ({ path, count }: Folder): string => `${path || './'}: ${numbered(count)}`;

const openLine = ({ path, files }: Folder): string => {
  const shown = files.slice(0, mostOfOneFolder);
  const rest = files.length - shown.length;
  return `${path || './'}: ${[...shown, ...(rest > 0 ? [`and ${rest} more`] : [])].join(', ')}`;
};

/** What an opened folder takes more than a closed one: its line, and a line for each folder in it. */
const lengthOpened = (folder: Folder): number => {
  let length = openLine(folder).length + 1 - closedLine(folder).length;
  for (const child of folder.folders.values()) length += closedLine(child).length + 1;
  return length;
};
