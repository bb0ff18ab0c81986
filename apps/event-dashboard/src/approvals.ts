import { z } from '@hono/zod-openapi';
import { ApprovalFilter, ApprovalSummary, DecideRequest, type Desk } from '@hive/events';
import { byOf, deviceOf } from './access/by.ts';
import type { createRegistrar } from './endpoint.ts';
import { given, list, one, page } from './lists.ts';

/** The routes by which a person sees what waits for them, and decides. */
export const serveApprovals = (serve: ReturnType<typeof createRegistrar>, desk: Desk): void => {
  serve(
    {
      id: 'approvals',
      method: 'get',
      path: '/approvals',
      summary: 'What waits for a person, newest first; with `state=all` also what was decided',
      query: z.strictObject({ ...ApprovalFilter.shape, ...list }),
      answer: page(ApprovalSummary),
    },
    ({ query }) => desk.approvals(given(query)),
  );
  serve(
    {
      id: 'approval',
      method: 'get',
      path: '/approvals/{id}',
      summary: 'One request with what is shown; its ETag is the hash that a decision has to carry',
      params: one,
      answer: ApprovalSummary,
    },
    async ({ params, c }) => {
      const found = await desk.approval(params.id);
      c.header('etag', `"${found.actionHash}"`);
      return found;
    },
  );
  serve(
    {
      id: 'decide',
      method: 'post',
      path: '/approvals/{id}/decide',
      summary:
        'Approve or deny what was shown; refused when it has changed, is over, or was answered otherwise. The same answer again changes nothing',
      params: one,
      body: DecideRequest,
      keyed: true,
      answer: ApprovalSummary,
    },
    ({ params, body, key, c }) =>
      desk.decide(params.id, byOf(c, given(body) as DecideRequest), given({ key, device: deviceOf(c) })),
  );
};
