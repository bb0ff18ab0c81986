import { runAgent } from '@hive/agent-kit';
import agent from './agent.ts';

await runAgent(agent, import.meta.url);
