import { matcherOf } from '@hive/workspace';
import type { Found, Rule } from './rule.ts';

/** Files that make a tool on a developer's machine run something, load something or send something elsewhere. */
const settings = matcherOf(
  [
    '.npmrc',
    '.yarnrc',
    '.yarnrc.yml',
    '.pnpmfile.cjs',
    '.pnpmfile.mjs',
    '.husky',
    '.githooks',
    'lefthook.{yml,yaml,toml,json}',
    '.lefthook.{yml,yaml,toml,json}',
    '.pre-commit-config.yaml',
    '.envrc',
    '.vscode/{tasks,settings,launch,extensions}.json',
    '.idea',
    '.claude',
    '.mcp.json',
    'CLAUDE.md',
    'CLAUDE.local.md',
    'AGENTS.md',
    'GEMINI.md',
    '.cursor',
    '.cursorrules',
    '.windsurfrules',
    '.github/copilot-instructions.md',
    '.gitconfig',
    '.lfsconfig',
    '.devcontainer',
    '.cargo/config{,.toml}',
    'pip.conf',
    '.pypirc',
    '.netrc',
    '.bazelrc',
    'mise.toml',
    '.mise.toml',
  ].flatMap((name) => [name, `**/${name}`]),
);

/** Attributes by which git runs programs. */
const runs = /\b(?:filter|diff|merge|textconv)=/;

/** Files that configure tools: nothing of Hive obeys them, but whoever takes the branch may. */
export const toolSettings: Rule = {
  name: 'file.tool_settings',
  find: ({ files }) =>
    files.flatMap(({ path, kind, added }): Found[] => {
      if (kind === 'deleted') return [];
      if (settings(path)) return [{ message: 'configures tools of whoever takes the change', file: path }];
      if (!/(?:^|\/)\.gitattributes$/i.test(path)) return [];
      const line = added.find(({ text }) => runs.test(text));
      return line ? [{ message: 'names a program that git runs', file: path, line: line.number }] : [];
    }),
};
