import { everyItem } from '@hive/events';
import { approvalLines, approvalTable } from '../approvals/approval-lines.ts';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';

export const approvals = defineCommand<{ readonly all?: boolean }>({
  name: 'approvals',
  args: [['[id]', 'one of them, with everything that is shown; without it the list']],
  says: 'Show what waits for a person to agree (hive approve, hive deny)',
  options: [{ flags: '--all', says: 'also those that were decided' }],
  examples: ['hive approvals', 'hive approvals 1a2b3c4d'],
  run: (cli, [id], options) =>
    withDesk(cli, async (desk) => {
      const { out } = cli;
      if (id !== undefined) {
        const found = await desk.approval(id);
        out.document(found);
        out.line(...approvalLines(found));
        return 0;
      }
      const list = everyItem((at) => desk.approvals({ ...at, ...(options.all && { state: 'all' as const }) }));
      const items = await Array.fromAsync(list);
      out.document({ items, next: null });
      out.line(...(items.length === 0 ? ['Nothing waits for an approval'] : approvalTable(items)));
      return 0;
    }),
});
