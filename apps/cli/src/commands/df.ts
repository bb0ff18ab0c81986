import type { DiskSurvey } from '@hive/agent-kit';
import { shortId } from '@hive/events';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { assertHere, openIfThere } from '../desk/own-store.ts';
import { bytes, count } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';

export const df = defineCommand({
  name: 'df',
  says: 'Show what Hive keeps on the disk, how much of each cap that is, and how much is free',
  examples: ['hive df', 'hive df --json'],
  run: async (cli) => {
    const config = await cli.config();
    assertHere(config, 'df');
    const { surveyDisk } = await import('../desk/disk.ts');
    const store = await openIfThere(config);
    try {
      const survey = await surveyDisk({ config, store });
      cli.out.document(survey);
      cli.out.line(...surveyLines(cli, survey));
      return 0;
    } finally {
      await store?.close();
    }
  },
});

/** A survey for people. */
export const surveyLines = (
  { out }: { readonly out: Pick<Cli['out'], 'colour'> },
  { home, space, uses, kept }: DiskSurvey,
): string[] => [
  `State in ${home}`,
  '',
  ...table(
    ['', 'size', 'count', 'of its cap'],
    uses.map((use) => [
      use.kind,
      bytes(use.bytes),
      use.count,
      use.capBytes === null ? '' : `${use.percent ?? 0} % of ${bytes(use.capBytes)}`,
    ]),
  ),
  '',
  `${bytes(space.freeBytes)} free of ${bytes(space.totalBytes)}; below ${bytes(space.floorBytes)} nothing new starts`,
  ...(space.lack === null ? [] : [out.colour.red(space.lack)]),
  ...(kept.length === 0 ? [] : ['', `${count(kept.length, 'worktree')} of failed tasks, kept for a look:`]),
  ...table(
    null,
    kept.map(({ task, path, bytes: size, until }) => [
      shortId(task),
      bytes(size),
      until === null ? 'its task is open' : `until ${until.slice(0, 10)}`,
      path,
    ]),
  ),
];
