import { HiveError } from '@hive/errors';
import type { Why } from '@hive/events';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { assertHere } from '../desk/own-store.ts';
import { logReader } from '../follow/log-reader.ts';
import { oneLine } from '../terminal/visible.ts';
import type { FoundWhy } from '../why/find-why.ts';
import { evidenceLines, reasonOf } from '../why/tell-evidence.ts';

type Options = { readonly repo?: string; readonly export?: string };

export const why = defineCommand<Options>({
  name: 'why',
  args: [
    ['<commit-or-task>', 'a commit by any name that git knows (abbreviated, a branch, HEAD~2), or the id of a task'],
  ],
  says: 'Show the evidence behind a merge, or the reason of a refusal',
  options: [
    {
      flags: '--repo <dir>',
      says: 'the git repository that names of commits are of (default: the one that this folder is in)',
    },
    { flags: '--export <file>', says: 'write the evidence as a signed in-toto statement; - writes to standard output' },
  ],
  examples: ['hive why HEAD~2', 'hive why a1b2c3d --export evidence.json'],
  run: async (cli, [what = ''], options) => {
    const { findWhy } = await import('../why/find-why.ts');
    if (options.export !== undefined) assertHere(await cli.config(), 'why --export');
    return withDesk(cli, async (desk) => {
      const found = await findWhy(desk, what, { cwd: cli.cwd, repo: options.repo });
      if (found.answer === null) return tellNote(cli, found, options);
      if (options.export !== undefined) {
        const { exportStatement } = await import('../why/export-statement.ts');
        return exportStatement(cli, found.answer, options.export);
      }
      cli.out.document(found.answer);
      cli.out.line(...foundLines(cli, found.answer, found.commit), ...reasonOf(cli.out.colour, found.answer));
      const { evidence } = found.answer;
      if (evidence) cli.out.line('', ...evidenceLines(evidence, await logReader(desk, evidence)));
      for (const id of otherTasks(found.answer)) cli.out.line('', ...reasonOf(cli.out.colour, await desk.why(id)));
      return 0;
    });
  },
});

/** Of a commit that another Hive merged there is what its note says, and nobody here who stands for that. */
const tellNote = (
  { out }: Cli,
  { commit, subject, evidence }: Extract<FoundWhy, { readonly answer: null }>,
  options: Options,
): number => {
  if (options.export !== undefined)
    throw new HiveError(
      'input.state',
      `This Hive did not merge ${commit.slice(0, 12)}; only what its own log says is signed`,
    );
  out.document({ commit, evidence, from: 'note' });
  out.line(
    out.colour.yellow(`from its note  ${commit.slice(0, 8)}  ${oneLine(subject)}`),
    'This Hive did not merge it; hive recheck says whether the note holds.',
    '',
    ...evidenceLines(evidence, () => null),
  );
  return 0;
};

/** A commit that Hive did not make is told as what it is: a change that Hive knows. */
const foundLines = ({ out }: Cli, { found, workflow }: Why, commit: string | null): string[] => {
  if (!found || commit === null) return [];
  const what =
    found.tasks.length === 1
      ? `the change of ${found.commit.slice(0, 8)}`
      : `the ${found.tasks.length} changes up to ${found.commit.slice(0, 8)} together`;
  return [out.colour.yellow(`found by its patch  ${commit.slice(0, 8)} has ${what}, on ${workflow.branch}`), ''];
};

/** The tasks of a squashed commit beside the last one, newest first. */
const otherTasks = ({ found, task }: Why): string[] => (found?.tasks ?? []).filter((id) => id !== task.id).toReversed();
