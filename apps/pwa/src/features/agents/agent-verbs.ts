import type { AgentSummary, Permission } from '@hive/events';
import type { RoomDesk } from '../../data/desk.ts';
import { askFirst } from '../../ui/ask-first.ts';
import { toast } from '../../ui/toast.ts';

/** What a person can do about one agent. */
export type AgentVerb = 'pause' | 'drain' | 'resume';

/** The right that each takes. */
export const rightOf = (verb: AgentVerb): Permission => (verb === 'resume' ? 'work' : 'stop');

/** The verbs that fit an agent now; none for one that takes no steps. */
export const verbsOfAgent = ({ steps, paused, step }: AgentSummary): readonly AgentVerb[] => {
  if (paused) return step !== null && !paused.drain ? ['resume', 'drain'] : ['resume'];
  return steps?.length === 0 ? [] : ['pause', 'drain'];
};

const held = ({ step }: AgentSummary): string | null =>
  step === null ? null : step.title === null ? step.kind : `${step.kind}: ${step.title}`;

/** The steps of an agent that no other one takes meanwhile; empty where somebody does. */
const leftAlone = (agent: AgentSummary, agents: readonly AgentSummary[]): readonly string[] => {
  const takes = (it: AgentSummary) => it.agent !== agent.agent && !it.paused && it.status !== 'gone';
  const others = agents.filter(takes).flatMap(({ steps = [] }) => steps);
  return (agent.steps ?? []).filter((step) => !others.includes(step));
};

/** What will happen, in the words of Hive. */
export const aboutVerb = (
  verb: Exclude<AgentVerb, 'resume'>,
  agent: AgentSummary,
  agents: readonly AgentSummary[],
): string => {
  const what = held(agent);
  const alone = leftAlone(agent, agents);
  return [
    'Within two seconds it begins no step, also after a restart, until somebody resumes it.',
    what === null
      ? 'It holds nothing now.'
      : verb === 'pause'
        ? `What it holds (${what}) it may finish.`
        : `What it holds (${what}) gets eight seconds; then it goes back into the queue for others, and costs no attempt.`,
    ...(alone.length === 0 ? [] : [`Nobody else takes ${alone.join(', ')} meanwhile.`]),
  ].join(' ');
};

/** What a pause has come to, in a sentence. */
export const effectOf = ({ paused, step }: AgentSummary): string => {
  if (step === null) return 'It holds nothing, and begins nothing until it is resumed.';
  return paused?.drain
    ? 'What it holds goes back into the queue for others in a moment.'
    : 'It finishes what it holds, and begins nothing more until it is resumed.';
};

const names = { pause: 'Pause', drain: 'Drain' } as const;
const done = { pause: 'is paused', drain: 'is drained', resume: 'takes steps again' } as const;

/** Asks, but for a resume, and then does it. True when it was done; it says what came of it. */
export const doVerb = async (
  verb: AgentVerb,
  desk: Pick<RoomDesk, 'pauseAgent' | 'resumeAgent'>,
  { agent, agents }: { readonly agent: AgentSummary; readonly agents: readonly AgentSummary[] },
): Promise<boolean> => {
  const name = agent.agent;
  try {
    if (verb === 'resume') {
      await desk.resumeAgent(name);
    } else {
      const answer = await askFirst({
        heading: `${names[verb]} ${name}?`,
        said: aboutVerb(verb, agent, agents),
        action: `${names[verb]} it`,
        note: { label: 'Why (shown to whoever looks)' },
      });
      if (answer === null) return false;
      const reason = answer.note === '' ? {} : { reason: answer.note };
      await desk.pauseAgent(name, { ...reason, ...(verb === 'drain' && { drain: true }) });
    }
    toast(`${name} ${done[verb]}`);
    return true;
  } catch (error) {
    toast(error instanceof Error ? error.message : String(error), 'failed');
    return false;
  }
};
