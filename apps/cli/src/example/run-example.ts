import { join } from 'node:path';
import type { HiveConfig } from '@hive/config';
import type { Desk, PlanFile, Result } from '@hive/events';
import { storedPatchesOf } from '@hive/front-desk';
import { exampleFolder, exampleRequest } from '@hive/front-desk/example';
import type { Cli } from '../cli.ts';
import type { Surroundings } from '../doctor/surroundings.ts';
import { followWorkflow } from '../follow/follow-workflow.ts';
import { outcomes } from '../follow/tell-result.ts';
import { count } from '../terminal/figures.ts';
import { differences, readExpected } from './expected.ts';

/** How the example ended; null when it was interrupted. */
export type ExampleEnd = { readonly result: Result; readonly differences: readonly string[] } | null;

/** What an example needs: a front desk with somebody behind it. */
export type ExampleOptions = {
  readonly config: HiveConfig;
  readonly desk: Desk;
  readonly around: Surroundings;
  /** Told as soon as it is accepted. */
  readonly onAccepted: (workflow: string) => void;
};

/** Runs the bundled example through the building, a line for each task, and compares what came with the expected file. */
export const runExample = async (
  cli: Cli,
  { config, desk, around, onAccepted }: ExampleOptions,
): Promise<ExampleEnd> => {
  const { out } = cli;
  const examples = join(cli.root, 'examples');
  const request = await exampleRequest(examples, config, cli.env);
  out.line(`Example: ${whatIsIn(request.plan)} through the real checks`);
  const { id } = await desk.submit(request);
  onAccepted(id);
  const result = await followWorkflow(desk, id, { out, signal: cli.interrupted });
  if (result === null) return null;
  const wrong = differences(result, readExpected(join(exampleFolder(examples), 'expected.json')));
  const verdict =
    wrong.length === 0 ? `all ${result.tasks.length} as expected` : `${count(wrong.length, 'task')} not as expected`;
  out.line(`${outcomes(result)}: ${verdict}${networkText(result, around)}`);
  for (const line of wrong) out.line(`  ${line}`);
  return { result, differences: wrong };
};

const whatIsIn = (plan: PlanFile): string => {
  const stored = storedPatchesOf(plan).size;
  const edited = plan.tasks.filter((task) => task.patch !== undefined).length - stored;
  const commands = plan.tasks.filter((task) => task.run !== undefined).length;
  const patches = [
    ...(stored > 0 ? [`${count(stored, 'stored patch', 'stored patches')} ("oracle": no model is called)`] : []),
    ...(edited > 0 ? [`${count(edited, 'edited patch', 'edited patches')} ("human")`] : []),
    ...(commands > 0 ? [count(commands, 'command')] : []),
  ];
  return patches.join(' and ');
};

/** Only what is known: Hive called no model and installed nothing; what the checks did is known where a sandbox held them. */
const networkText = (result: Result, { sandbox }: Surroundings): string => {
  const isQuiet = result.usage.calls === 0 && result.tasks.every((task) => task.evidence?.setup === undefined);
  if (!isQuiet) return '';
  return sandbox.kind !== 'none'
    ? ' · network used after install: none'
    : ' · network used by Hive after install: none';
};
