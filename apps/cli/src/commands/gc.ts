import type { Collected } from '@hive/agent-kit';
import { defineCommand } from '../command.ts';
import { assertHere, openIfThere } from '../desk/own-store.ts';
import { bytes, count } from '../terminal/figures.ts';
import { table } from '../terminal/table.ts';

const patienceMs = 60_000;

export const gc = defineCommand<{ readonly dryRun?: boolean }>({
  name: 'gc',
  says: 'Remove from the disk what nobody needs any more; evidence and what events refer to stays',
  options: [{ flags: '--dry-run', says: 'only say what would go' }],
  examples: ['hive gc', 'hive gc --dry-run --json'],
  run: async (cli, _, { dryRun = false }) => {
    const { out } = cli;
    const config = await cli.config();
    assertHere(config, 'gc');
    const store = await openIfThere(config);
    if (store === null) {
      out.document({ dryRun, isBusy: false, removed: [], stayed: [], freedBytes: 0 });
      out.line(`There is no store in ${config.home} yet, so nothing is kept there`);
      return 0;
    }
    try {
      const { collectGarbage } = await import('../desk/disk.ts');
      const collected = await collectGarbage({ config, store, dryRun, patienceMs });
      out.document({
        dryRun,
        isBusy: collected === null,
        ...(collected ?? { removed: [], stayed: [], freedBytes: 0 }),
      });
      if (collected === null) out.line('Another hive gc is still at it; nothing was removed by this one');
      else out.line(...collectedLines(collected, { dryRun }));
      return 0;
    } finally {
      await store.close();
    }
  },
});

const nameOf = { worktrees: 'worktrees', kept: 'kept worktree', cache: 'setup' } as const;

type Line = { readonly kind: string; readonly because: string; readonly count: number; readonly bytes: number };

/** What a collection did, for people: one line for things of one kind that went or stayed for one reason. */
export const collectedLines = (collected: Collected, { dryRun }: { readonly dryRun: boolean }): string[] => {
  const { removed, stayed, freedBytes } = collected;
  const gone = [...Map.groupBy(removed, ({ kind, because }) => `${kind} ${because}`).values()].flatMap((group) =>
    group.slice(0, 1).map(({ kind, because }): Line => ({
      kind,
      because,
      count: group.length,
      bytes: group.reduce((sum, it) => sum + it.bytes, 0),
    })),
  );
  const rows = (lines: readonly Line[]): string[] =>
    table(
      null,
      lines.map(({ kind, because, count: n, bytes: size }) => [
        n,
        nameOf[kind as keyof typeof nameOf] ?? kind,
        bytes(size),
        because,
      ]),
    ).map((line) => `  ${line}`);
  const would = dryRun ? 'would be ' : '';
  return [
    ...(gone.length === 0 ? ['There is nothing to remove'] : [dryRun ? 'Would go:' : 'Removed:', ...rows(gone)]),
    ...(stayed.length === 0 ? [] : ['Kept:', ...rows(stayed)]),
    `${bytes(freedBytes)} ${would}freed by ${count(removed.length, 'removal')}`,
  ];
};
