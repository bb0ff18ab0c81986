import { z } from 'zod';
import { Check, Setup } from './command.ts';
import { Sha } from './ids.ts';

/** A repository that work can be handed in for: one of hive.yaml, or one that had a workflow and is still there. */
export const RepoChoice = z.object({
  repo: z.string(),
  configured: z.boolean().describe('hive.yaml says something about it'),
  lastAt: z.string().nullable().describe('when a workflow was handed in for it last'),
});
export type RepoChoice = z.infer<typeof RepoChoice>;

/** How a kind of goal is planned, as hive.yaml has it. A goal takes it by beginning with its name and a colon. */
export const TemplateChoice = z.object({
  name: z.string(),
  agents: z.array(z.string()),
  stages: z.array(z.object({ name: z.string(), agent: z.string().nullable() })),
});
export type TemplateChoice = z.infer<typeof TemplateChoice>;

/** What a new workflow can be made of. */
export const Choices = z.object({
  repos: z.array(RepoChoice).describe('the one with the newest workflow first'),
  templates: z.array(TemplateChoice),
  models: z.array(z.string()).describe('those that hive.yaml names as planner or worker'),
  budget: z
    .object({ usd: z.number().optional(), tokens: z.int().optional() })
    .nullable()
    .describe('the limit of a workflow that is given none'),
});
export type Choices = z.infer<typeof Choices>;

/** What lies in a repository at a commit, as far as a new workflow is concerned. Nothing was run for it. */
export const RepoLook = z.object({
  repo: z.string().describe('the top of the repository'),
  base: Sha,
  branch: z.string().nullable().describe('the branch that is checked out'),
  branches: z.array(z.string()).describe('those that could be delivered into, the one with the newest commit first'),
  checks: z.array(Check).describe('the commands that would prove a change'),
  setup: Setup.nullable().describe('what would install what they need'),
  nested: z
    .array(z.object({ folder: z.string(), command: z.string() }))
    .describe('only where no check was found: folders below the top that may have some'),
  into: z.string().nullable().describe('the branch that hive.yaml delivers into'),
});
export type RepoLook = z.infer<typeof RepoLook>;
