import { patchFiles } from '@hive/workspace';

/** What a patch says of one file. `lines` are the stretches of its new version that the patch shows. */
export type FileChange = {
  readonly path: string;
  readonly text: string;
  readonly lines: readonly (readonly [from: number, to: number])[];
};

/** A patch in git's format, file by file. A binary change is named and not shown. */
export const patchParts = (patch: string): FileChange[] =>
  patch
    .split(/^(?=diff --git )/m)
    .filter((text) => text.startsWith('diff --git '))
    .map((text) => ({ path: patchFiles(text).at(-1) ?? '', text: shown(text), lines: stretches(text) }));

const shown = (text: string): string => text.replace(/^GIT binary patch\n[^]*$/m, '(binary, not shown)\n');

const stretches = (text: string): (readonly [number, number])[] =>
  [...text.matchAll(/^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/gm)].map(([, from, count]) => {
    const first = Number(from);
    return [first, first + Math.max(Number(count ?? 1), 1) - 1] as const;
  });
