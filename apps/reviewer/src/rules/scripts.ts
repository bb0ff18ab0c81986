import type { Check } from '@hive/events';

/** What checks run through package.json: the scripts of its top that are reached, by name, and the names that may be run in packages below. */
export type Scripts = {
  readonly reached: ReadonlyMap<string, string>;
  readonly elsewhere: readonly string[];
  /** The scripts of a manifest; none where it cannot be read. */
  readonly read: (manifest: string | null) => ReadonlyMap<string, string>;
};

const call =
  /\b(?:npm|pnpm|yarn|bun)(?:\s+-{1,2}[\w-]+(?:=\S+)?)*(?:\s+(?:run|run-script))?(?:\s+-{1,2}[\w-]+(?:=\S+)?)*\s+([\w:.-]+)/g;
const several = /\b(?:npm-run-all|run-s|run-p)((?:\s+[\w:*.-]+)+)/g;
/** Runs scripts of packages below under the names that it is given. */
const spreads = /\b(?:nx|turbo|lerna)\b|\s(?:-w|--workspaces?|-ws|-r|--recursive)\b/;

const read = (manifest: string | null): ReadonlyMap<string, string> => {
  try {
    const { scripts = {} } = JSON.parse(manifest ?? '{}') as { scripts?: Record<string, unknown> };
    return new Map(Object.entries(scripts).map(([name, script]) => [name, String(script)]));
  } catch {
    return new Map();
  }
};

/** Follows the commands of checks through the scripts of a manifest. */
export const scriptsFor = (checks: readonly Check[], manifest: string | null): Scripts => {
  const scripts = read(manifest);
  const reached = new Map<string, string>();
  const commands = checks.map(({ argv }) => argv.join(' '));
  for (let command = commands.pop(); command !== undefined; command = commands.pop()) {
    const names = [
      ...[...command.matchAll(call)].map(([, name = '']) => (name === 't' || name === 'tst' ? 'test' : name)),
      ...[...command.matchAll(several)].flatMap(([, all = '']) => all.trim().split(/\s+/)),
    ];
    for (const name of names.flatMap((it) => [`pre${it}`, it, `post${it}`])) {
      const script = scripts.get(name);
      if (script === undefined || reached.has(name)) continue;
      reached.set(name, script);
      commands.push(script);
    }
  }
  const all = [...checks.map(({ argv }) => argv.join(' ')), ...reached.values()].join('\n');
  const elsewhere = spreads.test(all)
    ? ['test', 'pretest', 'posttest', 'lint', 'typecheck', 'check', 'build']
    : ['test', 'pretest', 'posttest'];
  return { reached, elsewhere, read };
};
