import { getCookie } from 'hono/cookie';
import { HiveError } from '@hive/errors';
import {
  ApprovalSummary,
  NoticeDecision,
  NoticeSettings,
  NoticeTried,
  SubscribeRequest,
  type Desk,
} from '@hive/events';
import type { Access, Principal } from '../access/access.ts';
import { may } from '../access/permissions.ts';
import type { createRegistrar } from '../endpoint.ts';
import { originOf, type Origins } from '../gate.ts';
import type { Notices } from './open-notices.ts';

/** The routes by which a browser is told what waits, and by which a notification decides. */
export const serveNotices = (
  serve: ReturnType<typeof createRegistrar>,
  {
    notices,
    desk,
    access,
    origins,
  }: { readonly notices: Notices; readonly desk: Desk; readonly access: Access; readonly origins: Origins },
): void => {
  serve(
    {
      id: 'notifications',
      method: 'get',
      path: '/notifications',
      summary: 'How this browser is told of what waits, and who else is',
      answer: NoticeSettings,
    },
    ({ c }) => Promise.resolve(notices.settings(idOf(c.var.principal))),
  );
  serve(
    {
      id: 'subscribe',
      method: 'post',
      path: '/notifications/subscribe',
      summary: 'Tell this browser, by its push subscription; a second time changes what it is told',
      body: SubscribeRequest,
      answer: NoticeSettings,
    },
    ({ body, c }) => {
      const id = browserOf(c.var.principal);
      notices.subscribe(id, body, originOf(c, origins) ?? '');
      return Promise.resolve(notices.settings(id));
    },
  );
  serve(
    {
      id: 'unsubscribe',
      method: 'post',
      path: '/notifications/unsubscribe',
      summary: 'Tell this browser nothing any more',
      answer: NoticeSettings,
    },
    ({ c }) => {
      const id = browserOf(c.var.principal);
      notices.unsubscribe(id);
      return Promise.resolve(notices.settings(id));
    },
  );
  serve(
    {
      id: 'tryNotification',
      method: 'post',
      path: '/notifications/test',
      summary: 'Send this browser a notification now',
      answer: NoticeTried,
    },
    ({ c }) => notices.test(browserOf(c.var.principal)),
  );
  serve(
    {
      id: 'decideNotified',
      method: 'post',
      path: '/notifications/decide',
      summary: 'Approve or deny what a notification asked about, once, from the browser that it was sent to',
      body: NoticeDecision,
      answer: ApprovalSummary,
    },
    async ({ body: { grant, decision }, c }) => {
      // The service worker has no page's memory and so no proof of a page; the grant was told to this browser alone.
      const session = access.session(getCookie(c, access.cookie) ?? '');
      const site = c.req.header('sec-fetch-site') ?? 'same-origin';
      const id = session?.id ?? null;
      if (!session || id === null || !['same-origin', 'none'].includes(site))
        throw new HiveError('auth.missing', 'This browser is not paired (any more); open the control room');
      if (!may(session.role, 'decide'))
        throw new HiveError('auth.forbidden', `${session.name} (${session.role}) may not decide about approvals`);
      const granted = notices.useGrant(grant, id);
      if (granted === null)
        throw new HiveError('approval.changed', 'This notification was used already or is too old; open the approval');
      const { approvalId, actionHash } = granted;
      const reason = decision === 'deny' ? { reason: 'Denied from a notification' } : {};
      return desk.decide(approvalId, { decision, actionHash, by: session.name, ...reason }, { device: session.name });
    },
  );
};

const idOf = ({ kind, id }: Principal): string | null => (kind === 'device' ? id : null);

const browserOf = (principal: Principal): string => {
  const id = idOf(principal);
  if (id !== null) return id;
  throw new HiveError(
    'input.state',
    'Only a paired browser can be told by its browser maker; open the control room in one',
  );
};
