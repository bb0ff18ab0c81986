import { readFile } from 'node:fs/promises';
import { parseDocument } from 'yaml';
import { complaintOf, configInvalid } from './complaint.ts';
import { HiveYaml } from './hive-yaml.ts';
import { keysWithoutEffect } from './schema-keys.ts';

type Env = Readonly<Record<string, string | undefined>>;

const replaceVariables = (file: string, env: Env, value: unknown, path: readonly string[] = []): unknown => {
  if (typeof value === 'string')
    return value.replace(/\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g, (_, name: string) => {
      const found = env[name];
      if (found === undefined || found === '')
        throw configInvalid(file, [
          {
            says: `${path.join('.')} needs the variable ${name}, which is not set in the environment`,
            at: path.join('.'),
          },
        ]);
      return found;
    });
  if (Array.isArray(value))
    return value.map((item, index) => replaceVariables(file, env, item, [...path, String(index)]));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, replaceVariables(file, env, item, [...path, key])]),
  );
};

/** hive.yaml as data, and the sentences about keys that do nothing yet. Throws `config.invalid` with every mistake and its place. */
export const parseHiveYaml = (
  text: string,
  file: string,
  env: Env,
): { readonly yaml: HiveYaml; readonly warnings: string[] } => {
  const document = parseDocument(text);
  const broken = document.errors[0];
  if (broken) {
    const line = broken.linePos?.[0].line;
    throw configInvalid(file, [
      { says: broken.message.split('\n')[0] ?? 'not YAML', ...(line !== undefined && { at: `line ${line}` }) },
    ]);
  }
  const data = replaceVariables(file, env, document.toJS() ?? {});
  const parsed = HiveYaml.safeParse(data);
  if (!parsed.success) throw complaintOf(file, parsed.error);
  return { yaml: parsed.data, warnings: keysWithoutEffect(data).map((key) => `${file}: ${key} has no effect yet`) };
};

/** The file at `path`; null when it is not there. */
export const readIfThere = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw configInvalid(path, [{ says: `cannot be read: ${(error as Error).message}` }]);
  }
};
