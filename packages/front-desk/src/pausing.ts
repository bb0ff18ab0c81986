import { newId, readAllPauses, readPauses, type Bus } from '@hive/bus';
import { HiveError } from '@hive/errors';
import {
  AgentPauseRequest,
  PauseRequest,
  ResumeRequest,
  SystemPauseRequest,
  SystemResumeRequest,
  isWorkflowOpen,
  streams,
  type AgentView,
  type Desk,
  type NewEvent,
  type PauseNote,
} from '@hive/events';
import { commandUnder, isRecorded, type Commands } from './commands.ts';
import { called, findHead } from './find-id.ts';
import { parseAs } from './parse-as.ts';
import { readResult } from './read-workflow.ts';

const wrongState = (message: string) => new HiveError('input.state', message);

/** Who paused it, in a sentence. */
const byWhom = ({ by, at, reason }: PauseNote): string =>
  `was paused by ${by} at ${at}${reason === null ? '' : ` (${reason})`}`;

/** How work is stopped without losing it, and how it goes on. */
export const createPausing = (
  bus: Bus,
  { command }: Commands,
): Pick<Desk, 'pause' | 'resume' | 'pauseSystem' | 'resumeSystem' | 'pauseAgent' | 'resumeAgent'> => {
  const { store } = bus;

  /** Each begins a trace of its own: what the system tells follows from nothing but a person's wish. */
  const tellSystem = async (event: NewEvent) => {
    await bus.command({ on: null, correlationId: newId(), events: [event] });
    return readAllPauses(store);
  };

  /** Throws `input.unknown_id` where no process has the name, `input.state` where those that have it take no steps. */
  const assertTakesSteps = async (name: string) => {
    const rows = await store.agents();
    const own = rows.filter(({ agent }) => agent === name);
    if (own.length === 0) {
      const names = [...new Set(rows.map(({ agent }) => agent))].toSorted();
      const known = names.length === 0 ? 'none is registered' : `there are ${names.join(', ')}`;
      throw new HiveError('input.unknown_id', `There is no agent ${name}; ${known}`);
    }
    const { heads } = await store.heads(own.map(({ incarnation }) => streams.agent(incarnation)));
    if ([...heads.values()].every(({ view }) => (view as AgentView).steps?.length === 0))
      // heads of kind agent
      throw wrongState(`${name} takes no steps, so there is nothing to pause; hive pause --all stops everything`);
  };

  return {
    pause: async (text, asked = {}, { key } = {}) => {
      const request = parseAs(PauseRequest, asked, 'The pause');
      const head = await findHead(store, 'workflow', text);
      const idFrom = commandUnder(head.id, 'pause', key);
      if (await isRecorded(store, idFrom)) return readResult(store, head.view);
      const { state, paused } = head.view;
      if (paused) throw wrongState(`Workflow ${called(head)} ${byWhom(paused)} already`);
      if (!isWorkflowOpen(state)) throw wrongState(`Workflow ${called(head)} is ${state}; there is nothing to pause`);
      const event: NewEvent = {
        type: 'workflow.paused',
        stream: head.stream,
        data: { workflowId: head.id, ...request },
      };
      await command([event], head.id, head.stream, idFrom);
      return readResult(store, (await findHead(store, 'workflow', head.id)).view);
    },

    resume: async (text, asked = {}, { key } = {}) => {
      const { by } = parseAs(ResumeRequest, asked, 'The request');
      const head = await findHead(store, 'workflow', text);
      const idFrom = commandUnder(head.id, 'resume', key);
      if (await isRecorded(store, idFrom)) return readResult(store, head.view);
      if (head.view.state !== 'paused')
        throw wrongState(`Workflow ${called(head)} is ${head.view.state} and not paused; there is nothing to resume`);
      const data = { workflowId: head.id, ...(by !== undefined && { by }) };
      await command([{ type: 'workflow.resumed', stream: head.stream, data }], head.id, head.stream, idFrom);
      return readResult(store, (await findHead(store, 'workflow', head.id)).view);
    },

    pauseSystem: async (asked = {}) => {
      const request = parseAs(SystemPauseRequest, asked, 'The pause');
      const { kind } = request;
      const before = (await readPauses(store))[kind ?? 'all'];
      if (before) throw wrongState(`${kind === undefined ? 'Hive' : `The kind ${kind}`} ${byWhom(before)} already`);
      return tellSystem({ type: 'system.paused', stream: streams.system, data: request });
    },

    pauseAgent: async (name, asked = {}) => {
      const { drain, ...request } = parseAs(AgentPauseRequest, asked, 'The pause');
      const before = (await readAllPauses(store)).agents[name];
      if (before && (before.drain || !drain)) throw wrongState(`${name} ${byWhom(before)} already`);
      await assertTakesSteps(name);
      const data = { agent: name, ...request, ...(drain && { drain }) };
      return tellSystem({ type: 'agent.paused', stream: streams.system, data });
    },

    resumeAgent: async (name, asked = {}) => {
      const { by } = parseAs(ResumeRequest, asked, 'The request');
      const { paused, agents } = await readAllPauses(store);
      if (!Object.hasOwn(agents, name))
        throw wrongState(
          `${name} is not paused by its name${paused.all ? ', everything is: hive resume --all goes on' : '; there is nothing to resume'}`,
        );
      const data = { agent: name, ...(by !== undefined && { by }) };
      return tellSystem({ type: 'agent.resumed', stream: streams.system, data });
    },

    resumeSystem: async (asked = {}) => {
      const request = parseAs(SystemResumeRequest, asked, 'The request');
      const { kind } = request;
      const paused = await readPauses(store);
      if (kind === undefined ? Object.keys(paused).length === 0 : paused[kind] === undefined)
        throw wrongState(
          kind === undefined
            ? 'Hive is not paused; there is nothing to resume'
            : `The kind ${kind} is not paused${paused.all ? ', everything is: leave --kind out' : '; there is nothing to resume'}`,
        );
      return tellSystem({ type: 'system.resumed', stream: streams.system, data: request });
    },
  };
};
