import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/** Files by their path below the exercise. */
export type Files = ReadonlyMap<string, Buffer>;

/** One exercise: what is handed out, the tests, a solution, and the command that checks it where they lie together. */
export type Exercise = {
  readonly name: string;
  readonly check: string;
  readonly stub: Files;
  readonly tests: Files;
  readonly solution: Files;
};

/** Reads `FOLDER/<name>/{check,stub/,tests/,solution/}`, in the order of names. Throws a sentence for what is not laid out so. */
export const readExercises = async (folder: string): Promise<Exercise[]> => {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  if (names.length === 0) throw new Error(`${folder} has no folder in it, and each exercise is one`);
  return Promise.all(names.sort().map((name) => readExercise(join(folder, name), name)));
};

const readExercise = async (folder: string, name: string): Promise<Exercise> => {
  const check = await readFile(join(folder, 'check'), 'utf8').catch(() => '');
  if (check.trim() === '') throw new Error(`${folder} needs a file named check with one command in it`);
  const [stub, tests, solution] = await Promise.all(
    ['stub', 'tests', 'solution'].map((part) => filesIn(join(folder, part))),
  );
  if (!stub?.size || !tests?.size || !solution?.size)
    throw new Error(`${folder} needs the folders stub, tests and solution, each with files`);
  return { name, check: check.trim(), stub, tests, solution };
};

const filesIn = async (folder: string): Promise<Files> => {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []);
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(paths.sort().map(async (path) => [path.slice(folder.length + 1), await readFile(path)] as const)),
  );
};
