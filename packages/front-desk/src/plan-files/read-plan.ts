import { readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { HiveError } from '@hive/errors';
import { parsePlanFile, type PlanFile } from '@hive/events';
import { parseDocument } from 'yaml';
import { patchText } from './patch-text.ts';

const maxBytes = 50_000_000;

const invalid = (message: string) => new HiveError('plan.invalid', message);

const read = (path: string, what: string): Buffer => {
  let size: number;
  try {
    size = statSync(path).size;
    if (size <= maxBytes) return readFileSync(path);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw invalid(
      code === 'ENOENT'
        ? `${what} ${path} does not exist`
        : `${what} ${path} cannot be read (${code ?? String(error)})`,
    );
  }
  throw invalid(`${what} ${path} has ${size.toLocaleString('en')} bytes; ${maxBytes.toLocaleString('en')} are allowed`);
};

/** A plan file (YAML or JSON) with its patch files inlined. Throws `plan.invalid` with one sentence that names the place. */
export const readPlan = (path: string): PlanFile => {
  const document = parseDocument(read(path, 'The plan').toString('utf8'), { uniqueKeys: true });
  const broken = document.errors[0];
  if (broken)
    throw invalid(`${path} is not valid YAML or JSON: ${broken.message.split('\n')[0] ?? 'cannot be parsed'}`);
  const plan = parsePlanFile(dataOf(document, path));
  return {
    ...plan,
    tasks: plan.tasks.map((task) =>
      task.patch === undefined ? task : { ...task, patch: patchOf(task.key, resolve(dirname(path), task.patch)) },
    ),
  };
};

const patchOf = (key: string, path: string): string => {
  const what = `Task ${key}: the patch`;
  return patchText(read(path, what), `${what} ${path}`);
};

/** A document with too many aliases would grow without end; the parser stops it with an error. */
const dataOf = (document: ReturnType<typeof parseDocument>, path: string): unknown => {
  try {
    return document.toJS();
  } catch (error) {
    throw invalid(`${path} cannot be read: ${String((error as Error).message)}`);
  }
};
