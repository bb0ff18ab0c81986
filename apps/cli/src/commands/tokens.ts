import { HiveError } from '@hive/errors';
import { Role, type TokenSummary } from '@hive/events';
import { defineCommand } from '../command.ts';
import { withServer } from '../desk/access.ts';
import { momentOf } from '../submit/timing.ts';
import { table } from '../terminal/table.ts';
import { visible } from '../terminal/visible.ts';

type Options = { readonly role?: string; readonly until?: string };

export const tokens = defineCommand<Options>({
  name: 'tokens',
  args: [
    ['[verb]', 'add or revoke; without it the list'],
    ['[name]', 'add: what the program is called; revoke: the id of its token'],
  ],
  says: 'Tokens of programs that use the API: make one, look at them, revoke one',
  options: [
    { flags: '--role <role>', says: `add: what it may do: ${Role.options.join(', ')} (default: viewer)` },
    { flags: '--until <time>', says: 'add: until then, e.g. +30d; without it until it is revoked' },
  ],
  examples: ['hive tokens add prometheus --role viewer', 'hive tokens revoke 1a2b3c'],
  run: (cli, [verb, name], { role: asked = 'viewer', until }) =>
    withServer(cli, async (client) => {
      const { out } = cli;
      if (verb === undefined) {
        const items = await client.tokens();
        out.document({ items, next: null });
        out.line(
          ...(items.length === 0 ? ['No program has a token; hive tokens add NAME makes one'] : tokenTable(items)),
        );
        return 0;
      }
      if (verb !== 'add' && verb !== 'revoke')
        throw new HiveError('input.invalid', `hive tokens knows add and revoke, and found ${verb}`);
      if (name === undefined)
        throw new HiveError('input.invalid', `Say which one: hive tokens ${verb} ${verb === 'add' ? 'NAME' : 'ID'}`);
      if (verb === 'revoke') {
        const revoked = await client.revokeToken(name);
        out.document(revoked);
        out.line(`revoked  ${revoked.id}  ${visible(revoked.name)}`);
        return 0;
      }
      const role = Role.safeParse(asked);
      if (!role.success)
        throw new HiveError('input.invalid', `--role takes ${Role.options.join(', ')}, and found ${asked}`);
      const here = { now: new Date().toISOString(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
      const expiresAt = until === undefined ? undefined : momentOf(until, { ...here, flag: '--until' });
      const made = await client.createToken({ name, role: role.data, ...(expiresAt !== undefined && { expiresAt }) });
      out.document(made);
      out.line(made.token);
      out.note(`${visible(made.name)} may do what a ${made.role} does. It is shown this once; ${made.id} revokes it.`);
      return 0;
    }),
});

const tokenTable = (items: readonly TokenSummary[]): string[] =>
  table(
    ['id', 'name', 'role', 'made', 'last used', 'until'],
    items.map(({ id, name, role, createdAt, usedAt, expiresAt }) => [
      ...[id, visible(name), role, createdAt],
      ...[usedAt ?? 'never', expiresAt ?? '–'],
    ]),
  );
