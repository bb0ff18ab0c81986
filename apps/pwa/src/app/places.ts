import { html, type TemplateResult } from 'lit';
import type { HiveEvent } from '@hive/events';
import type { RoomDesk } from '../data/desk.ts';
import type { LiveStream } from '../data/live-stream.ts';
import type { IconName } from '../ui/icons.ts';

/** What every page is given: the services that the tab has once. */
export type Room = { readonly desk: RoomDesk; readonly live: LiveStream };

/** A number beside a menu entry: what waits there. Loaded at the start and after each event that concerns it. */
export type Badge = {
  readonly load: (desk: RoomDesk) => Promise<number>;
  /** The events that change it: types or patterns. */
  readonly types: readonly string[];
  readonly concerns: (event: HiveEvent) => boolean;
  /** The number for people who do not see it: `3 wait for you`. */
  readonly said: (n: number) => string;
};

/** How a place stands in the menu: in the rail of a desk, and on a phone in the bar (at most four) or behind More. */
export type MenuEntry = {
  readonly icon: IconName;
  /** The place in the bar of a phone, from the left; without one it is behind More. */
  readonly phone?: 1 | 2 | 3 | 4;
  /** Goes there after `g`. */
  readonly key?: string;
  readonly badge?: Badge;
};

/**
 * A page and its address. One line here is all that a page needs to be reached; without `menu` it is reached by links only.
 * `path` is a pattern as in URLPattern, `load` fetches the code of the page, `render` gives its element the services and parameters.
 */
export type Place = {
  readonly path: string;
  readonly title: string;
  readonly menu?: MenuEntry;
  readonly load: () => Promise<unknown>;
  readonly render: (room: Room, params: Readonly<Record<string, string | undefined>>) => TemplateResult;
};

/** One element for the list and for each request, so that going from one to the next keeps what is known. */
const approvals: Place['render'] = ({ desk, live }, { id = '' }) =>
  html`<hive-approvals-page .desk=${desk} .live=${live} .selected=${id}></hive-approvals-page>`;

/** Every page of the control room, in the order of the menu. Only what works stands here. */
export const places: readonly Place[] = [
  {
    path: '/',
    title: 'Home',
    menu: { icon: 'home', phone: 1, key: 'h' },
    load: () => import('../features/home/hive-home-page.ts'),
    render: ({ desk, live }) => html`<hive-home-page .desk=${desk} .live=${live}></hive-home-page>`,
  },
  {
    path: '/traces',
    title: 'Traces',
    menu: { icon: 'traces', phone: 4, key: 't' },
    load: () => import('../features/traces/hive-traces-page.ts'),
    render: ({ desk, live }) => html`<hive-traces-page .desk=${desk} .live=${live}></hive-traces-page>`,
  },
  {
    path: '/new',
    title: 'New workflow',
    load: () => import('../features/new/hive-new-page.ts'),
    render: ({ desk, live }) => html`<hive-new-page .desk=${desk} .live=${live}></hive-new-page>`,
  },
  {
    path: '/traces/:id',
    title: 'Trace',
    load: () => import('../features/traces/hive-trace-page.ts'),
    render: ({ desk, live }, { id = '' }) =>
      html`<hive-trace-page .desk=${desk} .live=${live} .correlationId=${id}></hive-trace-page>`,
  },
  {
    path: '/tasks',
    title: 'Tasks',
    menu: { icon: 'tasks', phone: 2, key: 'k' },
    load: () => import('../features/tasks/hive-tasks-page.ts'),
    render: ({ desk, live }) => html`<hive-tasks-page .desk=${desk} .live=${live}></hive-tasks-page>`,
  },
  {
    path: '/tasks/:id',
    title: 'Task',
    load: () => import('../features/tasks/hive-task-page.ts'),
    render: ({ desk, live }, { id = '' }) =>
      html`<hive-task-page .desk=${desk} .live=${live} .taskId=${id}></hive-task-page>`,
  },
  {
    path: '/approvals',
    title: 'Approvals',
    menu: {
      icon: 'approvals',
      phone: 3,
      key: 'a',
      badge: {
        load: async (desk) => (await desk.approvals({ limit: 100 })).items.length,
        types: ['approval.*'],
        concerns: ({ type }) => type.startsWith('approval.'),
        said: (n) => `${n} ${n === 1 ? 'waits' : 'wait'} for you`,
      },
    },
    load: () => import('../features/approvals/hive-approvals-page.ts'),
    render: approvals,
  },
  {
    path: '/approvals/:id',
    title: 'Approval',
    load: () => import('../features/approvals/hive-approvals-page.ts'),
    render: approvals,
  },
  {
    path: '/agents',
    title: 'Agents',
    menu: { icon: 'agents', key: 'w' },
    load: () => import('../features/agents/hive-agents-page.ts'),
    render: ({ desk, live }) => html`<hive-agents-page .desk=${desk} .live=${live}></hive-agents-page>`,
  },
  {
    path: '/agents/:name',
    title: 'Agent',
    load: () => import('../features/agents/hive-agent-page.ts'),
    render: ({ desk, live }, { name = '' }) =>
      html`<hive-agent-page .desk=${desk} .live=${live} .name=${decodeURIComponent(name)}></hive-agent-page>`,
  },
  {
    path: '/health',
    title: 'Health',
    menu: { icon: 'health', key: 'i' },
    load: () => import('../features/health/hive-health-page.ts'),
    render: ({ desk, live }) => html`<hive-health-page .desk=${desk} .live=${live}></hive-health-page>`,
  },
  {
    path: '/events',
    title: 'Events',
    menu: { icon: 'stream', key: 'e' },
    load: () => import('../features/events/hive-events-page.ts'),
    render: ({ desk, live }) => html`<hive-events-page .desk=${desk} .live=${live}></hive-events-page>`,
  },
  {
    path: '/settings',
    title: 'Settings',
    menu: { icon: 'settings', key: 's' },
    load: () => import('../features/settings/hive-settings-page.ts'),
    render: ({ desk, live }) => html`<hive-settings-page .desk=${desk} .live=${live}></hive-settings-page>`,
  },
];
