import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { loadConfig, type Env, type HiveConfig } from '@hive/config';
import { parseDocument } from 'yaml';

/** What is written for a repository: commands as argv lists. */
export type RepoProposal = { readonly checks: readonly (readonly string[])[]; readonly setup?: readonly string[] };

/** A command as people write it, where splitting gives it back unchanged; else the list. */
export const commandText = (argv: readonly string[]): string | string[] =>
  argv.every((word) => /^[A-Za-z0-9_/.:=@%+,-]+$/.test(word)) ? argv.join(' ') : [...argv];

/** The text of hive.yaml with the repository's checks and setup; everything else in it stays as it is, comments too. */
export const withRepo = (text: string, repo: string, proposal: RepoProposal): string => {
  const document = parseDocument(text);
  document.setIn(['hive', 'repos', repo, 'checks'], document.createNode(proposal.checks.map(commandText)));
  if (proposal.setup)
    document.setIn(['hive', 'repos', repo, 'setup'], document.createNode(commandText(proposal.setup)));
  return document.toString({ lineWidth: 0 });
};

/** Writes the proposal to the hive.yaml of this configuration and answers its path. What would not load is not written. */
export const writeRepoConfig = async (
  config: HiveConfig,
  options: { readonly env: Env; readonly repo: string; readonly proposal: RepoProposal },
): Promise<string> => {
  const file = config.file ?? join(config.home, 'hive.yaml');
  const text = withRepo(config.file === null ? '' : readFileSync(file, 'utf8'), options.repo, options.proposal);
  const draft = `${file}.${process.pid}`;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(draft, text, { mode: 0o600 });
  try {
    await loadConfig({ env: options.env, cwd: config.home, cloneRoot: null, args: { config: draft } });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
  return file;
};
