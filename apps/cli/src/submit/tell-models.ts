import type { HiveConfig } from '@hive/config';
import { PlanFile, type SubmitRequest } from '@hive/events';
import type { Cli } from '../cli.ts';
import { oneLine } from '../terminal/visible.ts';
import { modelLines, wantedModels } from './wanted-models.ts';

/** Says which models will be called before anything is accepted. What cannot be found is refused at the door, and not here. */
export const tellModels = async ({ out }: Cli, config: HiveConfig, request: SubmitRequest): Promise<void> => {
  const plan = request.plan === undefined ? null : PlanFile.parse(request.plan); // made from a parsed plan file
  const wanted = wantedModels(request, plan, config);
  if (wanted.length === 0 || config.remote.url !== null) return; // another machine's Hive has models of its own
  const { findModels } = await import('./find-models.ts');
  const { usd, tokens } = request.budget ?? config.budgets.workflow ?? {};
  const budget = { ...(usd !== undefined && { usd }), ...(tokens !== undefined && { tokens }) };
  const say = out.json ? out.note : out.line;
  for (const line of modelLines(await findModels(config, wanted), budget)) say(oneLine(line));
};
