import { HiveError } from '@hive/errors';
import type { HiveConfig } from '@hive/config';
import type { BoxSummary, ToolsRequest } from '@hive/events';
import { askConsent } from '../boxes/consent.ts';
import { withBox, withoutBox } from '../boxes/box-config.ts';
import { boxTable } from '../boxes/box-table.ts';
import { lookAtBox, type Looked } from '../boxes/look-at-box.ts';
import { triedLines, tryModel } from '../boxes/try-model.ts';
import { knowsNoTools, suitLine } from '../boxes/suits.ts';
import type { Cli } from '../cli.ts';
import { defineCommand } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { editHiveYaml } from '../init/edit-hive-yaml.ts';
import { personHere } from '../person.ts';
import { momentOf } from '../submit/timing.ts';
import { visible } from '../terminal/visible.ts';

type Options = {
  readonly yes?: boolean;
  readonly model?: string;
  readonly until?: string;
  readonly off?: boolean;
};

type Verb = (
  cli: Cli,
  given: { readonly name: string; readonly third: string | undefined; readonly options: Options },
) => Promise<number>;

export const boxes = defineCommand<Options>({
  name: 'boxes',
  args: [
    ['[verb]', 'add, remove, test or quiet; without it the list'],
    ['[name]', 'of the box'],
    ['[value]', 'add, test: its address; quiet: how long, e.g. 2h'],
  ],
  says: 'The machines that serve models: look at them, add, remove and test them, or keep one for yourself',
  options: [
    { flags: '--yes', says: 'add: plain HTTP to a private address is all right, and so is a box that does not answer' },
    { flags: '--model <model>', says: 'add: the model that plans and works there; test: the one to try' },
    { flags: '--until <time>', says: 'quiet: until then, e.g. 18:00' },
    { flags: '--off', says: 'quiet: give it back to Hive now' },
  ],
  examples: ['hive boxes add walnut http://192.168.1.27:11434', 'hive boxes quiet walnut 2h'],
  run: (cli, [verb, name, third], options) => {
    if (verb === undefined) return list(cli);
    const act = verbs[verb];
    if (!act)
      throw new HiveError('input.invalid', `hive boxes knows ${Object.keys(verbs).join(', ')}, and found ${verb}`);
    if (name === undefined) throw new HiveError('input.invalid', `Name the box: hive boxes ${verb} NAME`);
    return act(cli, { name, third, options });
  },
});

const list = (cli: Cli): Promise<number> =>
  withDesk(cli, async (desk) => {
    const all = await desk.boxes();
    cli.out.document({ items: all, next: null });
    const none = 'No box is configured. Add one with: hive boxes add NAME URL';
    cli.out.line(...(all.length === 0 ? [none] : boxTable(cli, all, Date.now())));
    for (const { name, parallel, parallelBecause } of all)
      if (parallelBecause != null)
        cli.out.note(`${name} is sent ${parallel} at once, learnt from ${visible(parallelBecause)}`);
    for (const line of all.flatMap(talkers)) cli.out.note(line);
    return 0;
  });

const add: Verb = async (cli, { name, third: url, options: { yes = false, model } }) => {
  const config = await cli.config();
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name))
    throw new HiveError('input.invalid', `${name} is no name; use letters, digits, dot, dash and underscore`);
  if (url === undefined) throw new HiveError('input.invalid', `Say where it is: hive boxes add ${name} URL`);
  if (config.boxes.some((box) => box.name === name))
    throw new HiveError('input.state', `There is a box ${name} already; remove it first`);
  const endpoint = addressOf(url);
  await askConsent(cli, endpoint, { yes });
  const looked = await lookAtBox(endpoint, { config, name }).catch((error: unknown) => {
    if (!yes || !(error instanceof HiveError) || error.code !== 'model.unreachable') throw error;
    return null;
  });
  if (looked && model !== undefined && !looked.models.some((it) => it.name === model || it.name === `${model}:latest`))
    throw new HiveError('model.unknown', `${name} does not have ${model}; ${has(looked)}`, { remedy: 'fix_config' });
  const file = await editHiveYaml(config, { env: cli.env, edit: (text) => withBox(text, name, { endpoint, model }) });
  cli.out.document({ added: name, endpoint, file, found: looked });
  cli.out.line(
    ...(looked ? describe(name, looked) : [`${endpoint} does not answer now.`]),
    `Written to ${file}.`,
    restart,
  );
  return 0;
};

const remove: Verb = async (cli, { name }) => {
  const config = await cli.config();
  known(config, name);
  const file = await editHiveYaml(config, { env: cli.env, edit: (text) => withoutBox(text, name) });
  const refs = Object.entries(config.models).flatMap(([role, all]) =>
    all.filter((ref) => ref.endsWith(`@${name}`)).map((ref) => `${role}: ${ref}`),
  );
  cli.out.document({ removed: name, file, stillNamed: refs });
  cli.out.line(`${name} was removed from ${file}. ${restart}`);
  const left = refs.filter((ref) => config.boxes.every((box) => !ref.endsWith(`ollama:${box.model ?? ''}@${name}`)));
  if (left.length > 0) cli.out.note(`It is still named under models: ${left.join(', ')}`);
  return 0;
};

const test: Verb = async (cli, { name, third: url, options: { model } }) => {
  const config = await cli.config();
  const endpoint = url === undefined ? known(config, name).endpoint : addressOf(url);
  cli.out.progress(`Asking ${endpoint}`);
  const looked = await lookAtBox(endpoint, { config, name });
  const own = model ?? config.boxes.find((box) => box.name === name)?.model ?? null;
  const wanted = own ?? looked.models.find(({ fits }) => fits.some(({ against }) => against.length === 0))?.name;
  if (wanted !== undefined && wanted !== null) cli.out.progress(`Trying ${wanted}; it may have to be loaded first`);
  const found = looked.models.find((it) => it.name === wanted || it.name === `${wanted ?? ''}:latest`);
  const worker = found?.fits.find(({ role }) => role === 'worker');
  const tools = worker?.against.includes(knowsNoTools) === false;
  const tried = wanted ? await tryModel(endpoint, { box: name, model: wanted, tools, signal: cli.interrupted }) : null;
  cli.out.document({ name, ...looked, tried: tried && { model: wanted, ...tried } });
  cli.out.line(...describe(name, looked), ...(tried ? triedLines(wanted ?? '', tried) : []));
  // Of a model elsewhere, or of a box that is not one of the pool, nobody wants to know.
  if (
    found &&
    typeof tried?.tools === 'boolean' &&
    config.boxes.some((it) => it.name === name && it.endpoint === endpoint)
  )
    await tellTried(cli, name, { model: found.name, digest: found.digest, calls: tried.tools, by: personHere() });
  return tried?.says === false ? 1 : 0;
};

/** What a trial has shown is for the workers as well. The answer to the person who asked stands without it. */
const tellTried = async (cli: Cli, box: string, request: ToolsRequest): Promise<void> => {
  try {
    await withDesk(cli, (desk) => desk.tellTools(box, request));
  } catch (error) {
    if (!(error instanceof HiveError)) throw error;
    cli.out.note(`Hive was not told whether it calls tools: ${error.message}`);
  }
};

const quiet: Verb = (cli, { name, third: span, options: { until, off = false } }) => {
  if ([span, until, off || undefined].filter((it) => it !== undefined).length !== 1)
    throw new HiveError('input.invalid', `Say how long: hive boxes quiet ${name} 2h, --until 18:00 or --off`);
  const here = { now: new Date().toISOString(), zone: Intl.DateTimeFormat().resolvedOptions().timeZone };
  if (span !== undefined && !/^\d{1,4}(m|h|d)$/.test(span))
    throw new HiveError('input.invalid', `${span} is no span of time; write 30m, 2h or 1d`);
  const ends = off ? undefined : momentOf(until ?? `+${span ?? ''}`, { ...here, flag: '--until' });
  return withDesk(cli, async (desk) => {
    const box = await desk.quietBox(name, { by: personHere(), ...(ends !== undefined && { until: ends }) });
    cli.out.document(box);
    const runs = box.running === 0 ? '' : `; ${box.running} of its calls may end`;
    cli.out.line(
      box.quietUntil === null
        ? `${name} works for Hive again.`
        : `${name} is yours until ${new Date(box.quietUntil).toLocaleString()}: nothing new is sent there${runs}.`,
    );
    return 0;
  });
};

const verbs: Readonly<Record<string, Verb>> = { add, remove, test, quiet };

const restart = 'A Hive that runs reads it at its next start: hive down, then hive up.';

const known = (config: HiveConfig, name: string): HiveConfig['boxes'][number] => {
  const found = config.boxes.find((box) => box.name === name);
  if (found) return found;
  const others = config.boxes.map((box) => box.name).join(', ');
  throw new HiveError(
    'input.unknown_id',
    `There is no box ${name} in hive.yaml; ${others === '' ? `hive boxes add ${name} URL adds it` : `there are ${others}`}`,
  );
};

const addressOf = (text: string): string => {
  const url = URL.parse(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`);
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '')
    throw new HiveError('input.invalid', `${text} is no address; write http://host:11434, without a password`);
  if (!/^https?:\/\//i.test(text) && url.port === '') url.port = '11434';
  return url.href.replace(/\/+$/, '');
};

const has = ({ models }: Looked): string =>
  models.length === 0
    ? 'it has no model yet: ollama pull …'
    : `it has ${models
        .map(({ name }) => name)
        .slice(0, 8)
        .join(', ')}`;

/** Models of a box that workers do not give tools, with the reason and the way back. */
const talkers = ({ name, models }: BoxSummary): string[] =>
  models.flatMap(({ name: model, toolsLearnt }) =>
    toolsLearnt?.calls === false
      ? [
          `${visible(model)} on ${name} is asked for each change at once: ${visible(toolsLearnt.because)}; hive boxes test ${name} --model ${visible(model)} tries it again`,
        ]
      : [],
  );

const describe = (name: string, looked: Looked): string[] => [
  `${name} answers at ${looked.endpoint} (${looked.version === null ? 'it speaks Ollama and tells no version' : `Ollama ${visible(looked.version)}`}${looked.double === null ? '' : ', a double'}).`,
  ...(looked.models.length === 0 ? ['It has no model yet; pull one with: ollama pull …'] : []),
  ...looked.models.map((model) => `  ${visible(model.name)}: ${suitLine(model.fits)}`),
];
