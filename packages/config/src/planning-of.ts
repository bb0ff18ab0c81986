import type { HiveConfig, Specialist } from './config.ts';
import type { HiveYaml } from './hive-yaml.ts';

type Yaml = HiveYaml['hive'];

/** What planners begin from. An agent that is named and not configured takes part by its name alone. */
export const planningOf = (hive: Pick<Yaml, 'workflows' | 'planners' | 'agents'>): HiveConfig['planning'] => ({
  domains: hive.planners,
  templates: Object.fromEntries(
    Object.entries(hive.workflows.templates).map(([name, { agents, stages }]) => [
      name,
      {
        agents: agents.map((agent) => specialistOf(agent, hive.agents)),
        stages: stages.map((stage) => {
          if (typeof stage === 'string') return { name: stage, agent: null };
          const [[title, who] = ['', null]] = Object.entries(stage);
          return { name: title, agent: typeof who === 'string' ? specialistOf(who, hive.agents) : null };
        }),
      },
    ]),
  ),
});

const specialistOf = (name: string, agents: Yaml['agents']): Specialist => {
  const agent = agents[name];
  const isBox = agent?.endpoint !== undefined && agent.model !== undefined;
  return {
    name,
    specialization: agent?.specialization ?? null,
    capabilities: agent?.capabilities ?? [],
    ref: isBox ? `ollama:${agent.model ?? ''}@${name}` : null,
  };
};
