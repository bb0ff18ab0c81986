import { join, resolve } from 'node:path';
import { defineCommand } from '../command.ts';
import { localStore } from '../desk/local-store.ts';
import { withoutBuilding } from '../supervisor/without-building.ts';
import { leftOut } from '../terminal/left-out.ts';
import { whileWaiting } from '../terminal/while-waiting.ts';

type Options = { readonly keepSchema?: boolean };

export const restore = defineCommand<Options>({
  name: 'restore',
  args: [['<file>', 'a file that hive backup made, of either database']],
  says: 'Fill an empty HIVE_HOME or PostgreSQL database from a backup',
  options: [{ flags: '--keep-schema', says: 'leave the store as the older Hive had it that was backed up' }],
  examples: [
    'HIVE_HOME=~/hive-again hive restore hive.jsonl.gz',
    'HIVE_DATABASE_URL=postgres://localhost/hive hive restore hive.jsonl.gz',
  ],
  run: async (cli, [name = ''], { keepSchema = false }) => {
    const { out } = cli;
    const config = await cli.config();
    const store = localStore(config, 'hive restore');
    const file = resolve(cli.cwd, name);
    const { restoreStore } = await import('../desk/store-files.ts');
    const restored = await withoutBuilding(config.home, () =>
      whileWaiting(out, 'restoring the store', restoreStore(store, file, { keepSchema })),
    );
    out.document(restored);
    out.line(
      `${restored.rows['event'] ?? 0} events and ${restored.artefacts} artefacts of ${restored.at} are restored`,
      `content ${restored.content}`,
      'hive verify checks it; hive up goes on with the work.',
    );
    if (restored.auditMovedTo !== null)
      out.note(
        `The checkpoints in this home told of another log, perhaps of a later moment of this one: they are kept in ${restored.auditMovedTo}`,
      );
    if (restored.isAuditKeyMissing)
      out.note(
        `The checkpoints of the audit were restored without the key that signs them: copy audit/key.pem of the old home to ${join(config.home, 'audit')}, or move that folder away to begin a new chain`,
      );
    if (restored.damaged.length > 0) out.note(`${leftOut(restored.damaged)}; hive verify names who needs them`);
    return restored.damaged.length > 0 ? 1 : 0;
  },
});
