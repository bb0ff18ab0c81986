import { html, type TemplateResult } from 'lit';
import type { Permission } from '@hive/events';
import { addressWith, goTo } from '../../app/address.ts';
import type { RoomDesk } from '../../data/desk.ts';
import { isRunning, type Trace } from './trace-model.ts';
import { windowOf, windowText } from './waterfall/address-window.ts';
import type { TimeWindow } from './waterfall/time-scale.ts';

/** What a view of a trace is given. It is rendered again whenever any of it changes. */
export type TraceScene = {
  readonly correlationId: string;
  readonly desk: RoomDesk;
  /** True when this browser may do it. */
  readonly may: (right: Permission) => boolean;
  readonly trace: Trace;
  /** The right end of what is drawn, in ms since 1970: the time of the last event, or now while the workflow runs. */
  readonly now: number;
  /** The id of the event whose details are shown. */
  readonly selected: string | null;
  /** Shows the details of an event, or puts them away. */
  readonly select: (id: string | null) => void;
  /** What the address says about how it is looked at, by name; empty where it says nothing. */
  readonly get: (name: string) => string;
};

/** One way to look at a trace. `load` fetches its code, once, when it is chosen for the first time. */
export type TraceView = {
  readonly id: string;
  readonly name: string;
  readonly load: () => Promise<unknown>;
  readonly render: (scene: TraceScene) => TemplateResult;
};

/** With bars over time, or as a tree of names alone; one element for both, so that going from one to the other keeps what is in sight. */
const waterfall = ({ trace, selected, select, get }: TraceScene, namesOnly: boolean): TemplateResult =>
  html`<hive-waterfall
    .store=${trace.store}
    .version=${trace.version}
    .isRunning=${isRunning(trace)}
    .isWhole=${trace.isWhole}
    .namesOnly=${namesOnly}
    .selected=${selected}
    .query=${get('q')}
    .window=${windowOf(get('t'), trace.startMs)}
    @hive-names=${({ detail }: CustomEvent<boolean>) => goTo(addressWith({ view: detail ? 'tree' : null }))}
    @hive-select=${({ detail }: CustomEvent<string | null>) => select(detail)}
    @hive-query=${({ detail }: CustomEvent<string>) => goTo(addressWith({ q: detail }), { replace: true })}
    @hive-window=${({ detail }: CustomEvent<TimeWindow | null>) =>
      goTo(addressWith({ t: windowText(detail, trace.startMs) }), { replace: true })}
  ></hive-waterfall>`;

const loadWaterfall = () => import('./waterfall/hive-waterfall.ts');

/** All views, in the order in which they are offered. The first is the one of an address without `view`. */
export const traceViews: readonly [TraceView, ...TraceView[]] = [
  {
    id: 'waterfall',
    name: 'Waterfall',
    load: loadWaterfall,
    render: (scene) => waterfall(scene, false),
  },
  {
    id: 'tree',
    name: 'Tree',
    load: loadWaterfall,
    render: (scene) => waterfall(scene, true),
  },
  {
    id: 'tasks',
    name: 'Tasks',
    load: () => import('./hive-task-list.ts'),
    render: ({ trace, now }) => html`<hive-task-list .trace=${trace} .now=${now}></hive-task-list>`,
  },
  {
    id: 'graph',
    name: 'Graph',
    load: () => import('../graph/hive-graph-view.ts'),
    render: (scene) => html`<hive-graph-view .scene=${scene}></hive-graph-view>`,
  },
  {
    id: 'info',
    name: 'Info',
    load: () => import('./info/hive-trace-info.ts'),
    render: ({ trace, now }) => html`<hive-trace-info .trace=${trace} .now=${now}></hive-trace-info>`,
  },
  {
    id: 'changes',
    name: 'Changes',
    load: () => import('./hive-changes-view.ts'),
    render: (scene) => html`<hive-changes-view .scene=${scene}></hive-changes-view>`,
  },
  {
    id: 'evidence',
    name: 'Evidence',
    load: () => import('./hive-evidence-view.ts'),
    render: (scene) => html`<hive-evidence-view .scene=${scene}></hive-evidence-view>`,
  },
  {
    id: 'log',
    name: 'Log',
    load: () => import('./log/hive-log-view.ts'),
    render: (scene) => html`<hive-log-view .scene=${scene}></hive-log-view>`,
  },
  {
    id: 'raw',
    name: 'Raw',
    load: () => import('./raw/hive-raw-view.ts'),
    render: (scene) => html`<hive-raw-view .scene=${scene}></hive-raw-view>`,
  },
];

/** The view that an address asks for; the first one where it names none that there is. */
export const traceViewOf = (asked: string): TraceView => traceViews.find(({ id }) => id === asked) ?? traceViews[0];
