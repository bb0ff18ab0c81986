import type { Context } from '@hive/agent-kit';
import { matcherOf } from '@hive/workspace';

type Configured = Context['config']['planning'];

/** How a kind of goal is planned, as hive.yaml has it. */
export type Template = Configured['templates'][string];

/** A template that a goal has taken, under its name. */
export type Chosen = Template & { readonly name: string };

/** What applies to a goal: the template that it names, and what the planner is told of the domains that it touches. */
export type Planning = {
  readonly template: Chosen | null;
  readonly domains: readonly { readonly name: string; readonly prompt: string }[];
};

/** What Hive does with every task by itself; no task of a plan stands for it. */
const ownStages = /^(?:plan|planning|check|checks|checking|review|code[-_]review|merge|merging)$/i;

/** The stages of a template that tasks of a plan belong to, in order. */
export const stagesOf = ({ stages }: Template): Template['stages'] =>
  stages.filter(({ name }) => name !== '' && !ownStages.test(name));

/** Chooses by the goal and the files of the repository; a domain is also meant by an agent of the template that is specialised in it. */
export const planningFor = (goal: string, files: readonly string[], { templates, domains }: Configured): Planning => {
  const name = /^([A-Za-z][\w-]*):\s/.exec(goal)?.[1] ?? '';
  const found = Object.hasOwn(templates, name) ? templates[name] : undefined;
  const template = found ? { ...found, name } : null;
  const special = new Set(
    [...(template?.agents ?? []), ...(template?.stages ?? []).map(({ agent }) => agent)].map(
      (it) => it?.specialization,
    ),
  );
  const words = new Set(goal.toLowerCase().match(/[\w-]+/g) ?? []);
  const isMeant = (domain: string, paths: readonly string[] | undefined): boolean =>
    special.has(domain) || (paths === undefined ? words.has(domain.toLowerCase()) : files.some(matcherOf(paths)));
  return {
    template,
    domains: Object.entries(domains)
      .filter(([domain, { paths }]) => isMeant(domain, paths))
      .map(([domain, { prompt }]) => ({ name: domain, prompt })),
  };
};
