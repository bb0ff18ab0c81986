import { z } from '@hono/zod-openapi';
import {
  AcknowledgeRequest,
  AgentPauseRequest,
  Alert,
  BoxSummary,
  DeadLetter,
  DeadLetterDetail,
  DeadLetterFilter,
  DeadLetterOutcome,
  DeadLetterRequest,
  PauseRequest,
  QuietRequest,
  ToolsRequest,
  Remote,
  RemoteRequest,
  Result,
  ResumeRequest,
  ScheduleRequest,
  ScheduleSummary,
  SystemPauseRequest,
  SystemResumeRequest,
  SystemState,
  type Desk,
} from '@hive/events';
import { byOf } from './access/by.ts';
import type { createRegistrar } from './endpoint.ts';
import { given, list, one, page } from './lists.ts';

/** The routes by which work is stopped, gone on with, tried again, dropped, and handed in later. */
export const serveOperations = (serve: ReturnType<typeof createRegistrar>, desk: Desk): void => {
  serve(
    {
      id: 'pause',
      method: 'post',
      path: '/workflows/{id}/pause',
      summary: 'Begin no step of a workflow until it is resumed; what runs may end',
      params: one,
      body: PauseRequest,
      mayBeEmpty: true,
      keyed: true,
      answer: Result,
    },
    ({ params, body, key, c }) => desk.pause(params.id, byOf(c, body), given({ key })),
  );
  serve(
    {
      id: 'resume',
      method: 'post',
      path: '/workflows/{id}/resume',
      summary: 'Go on with a paused workflow',
      params: one,
      body: ResumeRequest,
      mayBeEmpty: true,
      keyed: true,
      answer: Result,
    },
    ({ params, body, key, c }) => desk.resume(params.id, byOf(c, body), given({ key })),
  );
  serve(
    {
      id: 'pauseSystem',
      method: 'post',
      path: '/system/pause',
      summary: 'The stop button: begin no step, of one kind or of any, until it is resumed',
      body: SystemPauseRequest,
      mayBeEmpty: true,
      answer: SystemState,
    },
    ({ body, c }) => desk.pauseSystem(byOf(c, body)),
  );
  serve(
    {
      id: 'resumeSystem',
      method: 'post',
      path: '/system/resume',
      summary: 'Lift the pause of one kind, or every pause of the system',
      body: SystemResumeRequest,
      mayBeEmpty: true,
      answer: SystemState,
    },
    ({ body, c }) => desk.resumeSystem(byOf(c, body)),
  );

  serve(
    {
      id: 'pauseAgent',
      method: 'post',
      path: '/agents/{id}/pause',
      summary:
        'Take an agent out by its name: it begins no step until it is resumed; with `drain` what it holds goes to others',
      params: one,
      body: AgentPauseRequest,
      mayBeEmpty: true,
      answer: SystemState,
    },
    ({ params, body, c }) => desk.pauseAgent(params.id, byOf(c, body)),
  );
  serve(
    {
      id: 'resumeAgent',
      method: 'post',
      path: '/agents/{id}/resume',
      summary: 'Let an agent take steps again',
      params: one,
      body: ResumeRequest,
      mayBeEmpty: true,
      answer: SystemState,
    },
    ({ params, body, c }) => desk.resumeAgent(params.id, byOf(c, body)),
  );

  serve(
    {
      id: 'acknowledge',
      method: 'post',
      path: '/system/alerts/acknowledge',
      summary:
        'Say that a person has seen an alert; it stays listed as seen until it is resolved, and counts anew when it is raised again',
      body: AcknowledgeRequest,
      answer: Alert,
    },
    ({ body, c }) => desk.acknowledge(byOf(c, body)),
  );

  serve(
    {
      id: 'boxes',
      method: 'get',
      path: '/boxes',
      summary: 'The boxes of the pool, asked now',
      answer: page(BoxSummary),
    },
    async () => ({ items: await desk.boxes(), next: null }),
  );
  serve(
    {
      id: 'quietBox',
      method: 'post',
      path: '/boxes/{id}/quiet',
      summary: 'Take a box away from Hive for its owner until a moment; without one, give it back',
      params: one,
      body: QuietRequest,
      mayBeEmpty: true,
      answer: BoxSummary,
    },
    ({ params, body, c }) => desk.quietBox(params.id, byOf(c, body)),
  );
  serve(
    {
      id: 'tellTools',
      method: 'post',
      path: '/boxes/{id}/tools',
      summary: 'Tell whether a model on a box called a tool when it was tried; a worker is asked accordingly',
      params: one,
      body: ToolsRequest,
      answer: BoxSummary,
    },
    ({ params, body, c }) => desk.tellTools(params.id, byOf(c, body)),
  );

  serve(
    {
      id: 'deadLetters',
      method: 'get',
      path: '/dead-letters',
      summary: 'What was given up and is kept: events that could not be handled, then tasks, newest first',
      query: z.strictObject({ ...DeadLetterFilter.shape, ...list }),
      answer: page(DeadLetter),
    },
    ({ query }) => desk.deadLetters(given(query)),
  );
  serve(
    {
      id: 'deadLetter',
      method: 'get',
      path: '/dead-letters/{id}',
      summary: 'One dead letter with what led there',
      params: one,
      answer: DeadLetterDetail,
    },
    ({ params }) => desk.deadLetter(params.id),
  );
  serve(
    {
      id: 'redrive',
      method: 'post',
      path: '/dead-letters/redrive',
      summary: 'Try dead letters again: one, or those that fit a filter',
      body: DeadLetterRequest,
      answer: DeadLetterOutcome,
    },
    ({ body, c }) => desk.redrive(byOf(c, body)),
  );
  serve(
    {
      id: 'discard',
      method: 'post',
      path: '/dead-letters/discard',
      summary: 'Take dead letters off the list for good',
      body: DeadLetterRequest,
      answer: DeadLetterOutcome,
    },
    ({ body, c }) => desk.discard(byOf(c, body)),
  );

  serve(
    {
      id: 'schedule',
      method: 'post',
      path: '/schedules',
      summary: 'Hand work in later, or again and again',
      keyed: true,
      body: ScheduleRequest,
      texts: ({ request: _, ...texts }) => texts,
      answer: ScheduleSummary,
      status: 201,
    },
    ({ body, key, c }) => desk.schedule(byOf(c, body), key === undefined ? {} : { key }),
  );
  serve(
    {
      id: 'schedules',
      method: 'get',
      path: '/schedules',
      summary: 'Active schedules, newest first; with `all` also those that are over',
      query: z.strictObject({ ...list, all: z.enum(['true', 'false']).optional() }),
      answer: page(ScheduleSummary),
    },
    ({ query: { all, ...query } }) => desk.schedules({ ...given(query), ...(all === 'true' && { all: true }) }),
  );
  serve(
    {
      id: 'scheduled',
      method: 'get',
      path: '/schedules/{id}',
      summary: 'One schedule',
      params: one,
      answer: ScheduleSummary,
    },
    ({ params }) => desk.scheduled(params.id),
  );
  serve(
    {
      id: 'unschedule',
      method: 'post',
      path: '/schedules/{id}/remove',
      summary: 'Fire a schedule no more',
      params: one,
      body: ResumeRequest,
      mayBeEmpty: true,
      answer: ScheduleSummary,
    },
    ({ params, body, c }) => desk.unschedule(params.id, byOf(c, body)),
  );
  serve(
    {
      id: 'addRemote',
      method: 'post',
      path: '/remotes',
      summary: 'Let the repository that a folder is in be pushed to, by git over HTTP',
      body: RemoteRequest,
      answer: Remote,
    },
    ({ body }) => desk.addRemote(body),
  );
};
