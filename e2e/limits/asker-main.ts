import { runAgent } from '@hive/agent-kit';
import { asker, question } from './asker.ts';

await runAgent(
  asker(null, () => question('How?')),
  import.meta.url,
);
