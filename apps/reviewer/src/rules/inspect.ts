import { beginningOf } from '@hive/errors';
import type { Check, Finding, ReviewRules, RuleAction } from '@hive/events';
import { binaries, executables, submodules, symlinksOut } from './modes.ts';
import { checksChanged, sourcesOfChecks } from './checks-changed.ts';
import { conflictMarkers } from './conflict-markers.ts';
import { dependencies, lockFileAlone, lockFileBehind, lockFilesFor } from './dependencies.ts';
import { invisible } from './invisible.ts';
import { licences } from './licences.ts';
import { isManifest } from './manifests.ts';
import { named, type Change, type Found, type Rule } from './rule.ts';
import { secrets } from './secrets.ts';
import { size } from './size.ts';
import { testsDeleted, testsSkipped, testsWeakened } from './tests.ts';
import { toolSettings } from './tool-settings.ts';
import type { FileChange } from '../patch-parts.ts';

/** All rules about what a change holds, the gravest first. */
export const rules: readonly Rule[] = [
  secrets,
  invisible,
  conflictMarkers,
  symlinksOut,
  submodules,
  toolSettings,
  testsDeleted,
  testsSkipped,
  testsWeakened,
  checksChanged,
  dependencies,
  lockFileAlone,
  lockFileBehind,
  licences,
  binaries,
  executables,
  size,
];

/** What a rule has found, and what the policy makes of it. */
export type Judged = { readonly finding: Finding; readonly action: Exclude<RuleAction, 'off'> };

/** Findings of one rule that are told one by one. */
const mostTold = 20;

/** Manifests that are read, each with the lock files that may belong to it. */
const mostManifests = 200;

/** The files of a commit that the rules want to read for a change of these files. */
export const readsOf = (files: readonly FileChange[], checks: readonly Check[]): readonly string[] => {
  const read = files.filter(({ path }) => isManifest(path)).slice(0, mostManifests);
  return [
    ...new Set([
      ...(checks.length > 0 ? sourcesOfChecks : []),
      ...read.flatMap(({ path, from }) => [path, ...(from === null ? [] : [from]), ...lockFilesFor(path)]),
    ]),
  ];
};

/** Asks every rule that the policy has not switched off. The same change always gets the same answer. */
export const inspect = async (
  change: Change,
  author: string,
  { actionOf }: ReviewRules,
): Promise<readonly Judged[]> => {
  const judged: Judged[] = [];
  for (const { name, find } of rules) {
    const action = actionOf(name, author);
    if (action === 'off') continue;
    const found = await find(change);
    const more = found.length - mostTold;
    const told = [
      ...found.slice(0, mostTold),
      ...(more > 0 ? [{ message: `${more} more findings of this rule` }] : []),
    ];
    for (const it of told) judged.push({ action, finding: findingOf(name, it, action) });
  }
  return judged;
};

const findingOf = (rule: string, { message, file, line, severity }: Found, action: Judged['action']): Finding => ({
  rule,
  message: beginningOf(file === undefined ? message : `${named(file)} ${message}`, 4000),
  ...(file !== undefined && { file: beginningOf(file, 1000) }),
  ...(line !== undefined && { line }),
  severity: action === 'note' ? (severity ?? 'info') : action === 'ask' ? 'warning' : 'error',
});
