import { HiveError } from '@hive/errors';
import type { DeviceSummary } from '@hive/events';
import { defineCommand } from '../command.ts';
import { withServer } from '../desk/access.ts';
import { table } from '../terminal/table.ts';
import { visible } from '../terminal/visible.ts';

export const devices = defineCommand({
  name: 'devices',
  args: [
    ['[verb]', 'rename or revoke; without it the list'],
    ['[id]', 'of the browser'],
    ['[name]', 'rename: what it is called from now on'],
  ],
  says: 'The browsers that were let into the control room: look at them, name them, shut one out',
  examples: ['hive devices', 'hive devices revoke 1a2b3c'],
  run: (cli, [verb, id, name]) =>
    withServer(cli, async (client) => {
      const { out } = cli;
      if (verb === undefined) {
        const items = await client.devices();
        out.document({ items, next: null });
        out.line(...(items.length === 0 ? ['No browser was let in; hive open lets one in'] : deviceTable(items)));
        return 0;
      }
      if (verb !== 'rename' && verb !== 'revoke')
        throw new HiveError('input.invalid', `hive devices knows rename and revoke, and found ${verb}`);
      if (id === undefined) throw new HiveError('input.invalid', `Say which one: hive devices ${verb} ID`);
      if (verb === 'revoke') {
        const revoked = await client.revokeDevice(id);
        out.document(revoked);
        out.line(`revoked  ${revoked.id}  ${visible(revoked.name)}`);
        return 0;
      }
      if (name === undefined) throw new HiveError('input.invalid', `Say its name: hive devices rename ${id} NAME`);
      const renamed = await client.renameDevice(id, { name });
      out.document(renamed);
      out.line(...deviceTable([renamed]));
      return 0;
    }),
});

const deviceTable = (items: readonly DeviceSummary[]): string[] =>
  table(
    ['id', 'name', 'role', 'paired', 'last seen'],
    items.map(({ id, name, role, pairedAt, seenAt }) => [id, visible(name), role, pairedAt, seenAt]),
  );
