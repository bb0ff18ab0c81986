/** What a generator needs of Nx's tree: files by their path from the root, written together at the end. */
export interface Files {
  exists(path: string): boolean;
  read(path: string, encoding: 'utf8'): string | null;
  write(path: string, content: string): void;
  children(folder: string): string[];
}

/** Writes all files of a new room; refuses to touch one that is there. */
export function addRoom(files: Files, folder: string, contents: Record<string, string>): void {
  if (files.exists(`${folder}/package.json`)) throw new Error(`${folder} is there already; choose another name`);
  for (const [path, content] of Object.entries(contents)) files.write(`${folder}/${path}`, content);
}

export const asJson = (value: object): string => `${JSON.stringify(value, null, 2)}\n`;

/** What Nx runs after it has written the files: the step that a generator cannot take. */
export const thenInstall = (folder: string) => (): void =>
  console.log(`Now: npm install --ignore-scripts, which adds ${folder} to the lock file, and fill in its README.`);
