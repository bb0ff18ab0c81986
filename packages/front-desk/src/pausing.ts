import { newId, readPauses, type Bus } from '@hive/bus';
import { HiveError } from '@hive/errors';
import {
  PauseRequest,
  ResumeRequest,
  SystemPauseRequest,
  SystemResumeRequest,
  isWorkflowOpen,
  streams,
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
): Pick<Desk, 'pause' | 'resume' | 'pauseSystem' | 'resumeSystem'> => {
  const { store } = bus;

  /** Each begins a trace of its own: what the system tells follows from nothing but a person's wish. */
  const tellSystem = async (event: NewEvent) => {
    await bus.command({ on: null, correlationId: newId(), events: [event] });
    return { paused: await readPauses(store) };
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
