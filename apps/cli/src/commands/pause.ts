import { HiveError } from '@hive/errors';
import { Step, shortId, type AgentPauses, type PauseNote, type SystemPauses } from '@hive/events';
import { defineCommand, type OptionSpec } from '../command.ts';
import { withDesk } from '../desk/access.ts';
import { personHere } from '../person.ts';
import { ago } from '../terminal/figures.ts';
import { oneLine } from '../terminal/visible.ts';
import { lastOption, workflowId, type LastOption } from './ids.ts';

/** What `pause` and `resume` say about what they mean. */
export type PauseTarget = LastOption & { readonly all?: boolean; readonly kind?: string; readonly agent?: string };

/** The options that `pause` and `resume` share. */
export const targetOptions: readonly OptionSpec[] = [
  lastOption,
  { flags: '--all', says: 'everything: nothing is begun anywhere' },
  { flags: '--agent <name>', says: 'one agent: it begins no step, and others go on' },
  { flags: '--kind <kind>', says: `with --all, one kind of step only: ${Step.options.join(', ')}` },
];

export const pause = defineCommand<PauseTarget & { readonly reason?: string; readonly drain?: boolean }>({
  name: 'pause',
  args: [['[id]', 'of a workflow']],
  says: 'Begin nothing more of a workflow, by an agent, or of everything until resumed; what runs may end',
  options: [
    ...targetOptions,
    {
      flags: '--drain',
      says: 'with --agent: what it holds gets eight seconds, and then goes back into the queue for others',
    },
    { flags: '--reason <text>', says: 'shown beside the pause' },
  ],
  examples: ['hive pause --agent worker-2 --drain', 'hive pause --all --reason "the disk is being changed"'],
  run: (cli, [id], options) =>
    withDesk(cli, async (desk) => {
      const { out } = cli;
      const target = targetOf(id, options);
      if (options.drain && target.kind !== 'agent')
        throw new HiveError('input.invalid', '--drain is for an agent: hive pause --agent NAME --drain');
      const told = { by: personHere(), ...(options.reason !== undefined && { reason: options.reason }) };
      if (target.kind === 'workflow') {
        const result = await desk.pause(target.id, told);
        out.document(result);
        out.line(
          `paused  ${shortId(result.workflow)}  ${oneLine(result.goal)}   (hive resume ${shortId(result.workflow)} goes on)`,
        );
        return 0;
      }
      if (target.kind === 'agent') {
        const state = await desk.pauseAgent(target.name, { ...told, ...(options.drain && { drain: true }) });
        out.document(state);
        out.line(...agentPauseLines(state.agents));
        return 0;
      }
      const state = await desk.pauseSystem({ ...told, ...target.of });
      out.document(state);
      out.line(...pauseLines(state.paused));
      return 0;
    }),
});

/** What is meant: one workflow, one agent, or the system with all or one of its kinds. Throws `input.invalid` for anything between. */
export const targetOf = (
  id: string | undefined,
  { all, kind, last, agent }: PauseTarget,
):
  | { readonly kind: 'workflow'; readonly id: string }
  | { readonly kind: 'agent'; readonly name: string }
  | { readonly kind: 'system'; readonly of: { readonly kind?: Step } } => {
  if (agent !== undefined && (all || id !== undefined || last))
    throw new HiveError('input.invalid', '--agent names one agent; leave the id, --last and --all out');
  if (all && (id !== undefined || last))
    throw new HiveError('input.invalid', 'Give an id, --last or --all, and only one of them');
  if (!all && kind !== undefined)
    throw new HiveError('input.invalid', `--kind is for everything: hive pause --all --kind ${kind}`);
  if (agent !== undefined) return { kind: 'agent', name: agent };
  if (!all) return { kind: 'workflow', id: workflowId(id, { ...(last && { last }) }) };
  if (kind === undefined) return { kind: 'system', of: {} };
  const step = Step.safeParse(kind);
  if (step.success) return { kind: 'system', of: { kind: step.data } };
  throw new HiveError('input.invalid', `There is no kind of step ${kind}; there are ${Step.options.join(', ')}`);
};

/** Who paused it, when and why. */
export const pausedText = ({ by, at, reason }: PauseNote): string =>
  `paused by ${oneLine(by)} ${ago(at, Date.now())}${reason === null ? '' : `: ${oneLine(reason)}`}`;

/** What of the system is paused, a line for each; none when nothing is. */
export const pauseLines = (paused: SystemPauses): string[] => [
  ...(paused.all ? [`Everything is ${pausedText(paused.all)} (hive resume --all goes on)`] : []),
  ...Step.options.flatMap((kind) => {
    const note = paused[kind];
    return note ? [`Every ${kind} is ${pausedText(note)} (hive resume --all --kind ${kind} goes on)`] : [];
  }),
];

/** The agents that are taken out by their names, a line for each. */
export const agentPauseLines = (agents: AgentPauses): string[] =>
  Object.entries(agents).map(
    ([name, note]) =>
      `${oneLine(name)} is ${note.drain ? 'drained, ' : ''}${pausedText(note)} (hive resume --agent ${oneLine(name)} goes on)`,
  );
