/** A Makefile before and after a change; null where there is none. */
export type MakeTexts = { readonly before: string | null; readonly after: string | null };

type Rules = { readonly targets: ReadonlyMap<string, Target>; readonly variables: ReadonlyMap<string, string> };
type Target = { readonly needs: readonly string[]; readonly text: string };

const parse = (text: string): Rules => {
  const targets = new Map<string, Target>();
  const variables = new Map<string, string>();
  let open: readonly string[] = [];
  for (const line of text.replace(/\\\r?\n/g, ' ').split('\n')) {
    const [, name, value] = /^(?:export\s+|override\s+)*([\w.-]+)\s*[:?+!]{0,3}=\s*(.*)$/.exec(line) ?? [];
    const [, heads, needs = ''] = /^([^\s#:=][^#:=]*)::?(?!=)([^#]*)/.exec(line) ?? [];
    if (name !== undefined) variables.set(name, `${variables.get(name) ?? ''}\n${value ?? ''}`);
    else if (/^-?include\s/.test(line)) variables.set('include', `${variables.get('include') ?? ''}\n${line}`);
    else if (heads !== undefined && !line.startsWith('\t')) {
      open = heads.trim().split(/\s+/);
      for (const head of open)
        add(targets, head, {
          needs: needs
            .trim()
            .split(/[\s;|]+/)
            .filter(Boolean),
          text: line,
        });
    } else if (line.startsWith('\t')) for (const head of open) add(targets, head, { needs: [], text: line });
    else if (line.trim() !== '' && !line.startsWith('#')) open = [];
  }
  return { targets, variables };
};

const add = (targets: Map<string, Target>, name: string, { needs, text }: Target): void => {
  const known = targets.get(name);
  targets.set(name, { needs: [...(known?.needs ?? []), ...needs], text: `${known?.text ?? ''}\n${text}` });
};

/** The targets that commands with `make` reach, each with all that it is made of. */
const reachedIn = ({ targets, variables }: Rules, run: string): ReadonlyMap<string, string> => {
  const reached = new Map<string, string>();
  const calls = (text: string) =>
    [...text.matchAll(/(?:^|\s)(?:g?make|\$\(MAKE\))((?:\s+[\w./=-]+)*)/gm)].flatMap(([, rest = '']) => {
      const named = rest
        .trim()
        .split(/\s+/)
        .filter((word) => word !== '' && !/^-|=/.test(word));
      return named.length > 0 ? named : [...targets.keys()].filter((name) => !name.startsWith('.')).slice(0, 1);
    });
  const waiting = calls(run);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const target = targets.get(name);
    if (!target || reached.has(name)) continue;
    const used = [...target.text.matchAll(/\$[({]([\w.-]+)[)}]/g)].map(
      ([, it = '']) => `${it}=${variables.get(it) ?? ''}`,
    );
    reached.set(name, [target.text, ...used, variables.get('include') ?? ''].join('\n'));
    waiting.push(...target.needs, ...calls(target.text));
  }
  return reached;
};

/** The names of targets that commands run and that differ between the two, in what they need, do, or use. */
export const differingTargets = ({ before, after }: MakeTexts, run: string): readonly string[] => {
  const then = reachedIn(parse(before ?? ''), run);
  const now = reachedIn(parse(after ?? ''), run);
  return [...new Set([...then.keys(), ...now.keys()])].filter((name) => then.get(name) !== now.get(name));
};
