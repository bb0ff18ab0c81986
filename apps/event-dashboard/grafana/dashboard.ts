/** A query in PromQL and how its lines are called. */
type Query = readonly [expr: string, legend: string];

type Panel = {
  readonly title: string;
  /** What one should think of it; shown at the title. */
  readonly description: string;
  readonly kind: 'stat' | 'timeseries';
  readonly unit: 'short' | 's' | 'bytes' | 'reqps' | 'currencyUSD' | 'percentunit';
  readonly queries: readonly Query[];
  /** From here on it is shown in the colour of what should be looked at. */
  readonly alarm?: number;
};

type Row = { readonly title: string; readonly panels: readonly Panel[] };

const stat = (title: string, description: string, expr: string, more: Partial<Panel> = {}): Panel => ({
  ...{ title, description, kind: 'stat', unit: 'short', queries: [[expr, ''] as const] },
  ...more,
});
const graph = (title: string, description: string, queries: readonly Query[], more: Partial<Panel> = {}): Panel => ({
  ...{ title, description, kind: 'timeseries', unit: 'short', queries },
  ...more,
});
const quantile = (q: number, metric: string, by: string): string =>
  `histogram_quantile(${q}, sum by (${by}) (rate(${metric}_bucket[$__rate_interval])))`;

const rows: readonly Row[] = [
  {
    title: 'Needs you',
    panels: [
      stat('Approvals waiting', 'Nothing goes on for these until a person decides', 'hive_approvals_waiting', {
        alarm: 1,
      }),
      stat(
        'Dead letters',
        'Tasks that failed, and events that could not be handled: hive dead-letters',
        'hive_dead_letters',
        { alarm: 1 },
      ),
      stat('Alerts', 'Raised and not resolved', 'count(hive_alerts) or vector(0)', { alarm: 1 }),
      stat(
        'Oldest ready step',
        'Long: nobody is there who may take it',
        'max(hive_oldest_ready_step_age_seconds) or vector(0)',
        { unit: 's', alarm: 300 },
      ),
      stat('Paused', 'Kinds of steps that the stop button holds back', 'count(hive_paused) or vector(0)', { alarm: 1 }),
      stat('Agents', 'Processes of the building that are alive', 'hive_agents'),
    ],
  },
  {
    title: 'Work',
    panels: [
      graph('Open steps', 'By kind and state', [['sum by (kind, state) (hive_steps)', '{{kind}} {{state}}']]),
      graph('Attempts', 'Claims each minute', [
        ['sum by (kind) (rate(hive_step_attempts_total[$__rate_interval])) * 60', '{{kind}}'],
      ]),
      graph('How steps end', 'Each minute; lost means that an agent vanished', [
        ['sum by (outcome) (rate(hive_step_outcomes_total[$__rate_interval])) * 60', '{{outcome}}'],
      ]),
      graph('Failed attempts', 'Each minute, by code', [
        ['sum by (code) (rate(hive_attempt_failures_total[$__rate_interval])) * 60', '{{code}}'],
      ]),
      graph('Merged, refused, rejected', 'Since the start of the range', [
        ['increase(hive_merges_total[$__range])', 'merged'],
        ['sum by (code) (increase(hive_refusals_total[$__range]))', 'refused {{code}}'],
        ['sum by (code) (increase(hive_merge_rejections_total[$__range]))', 'rejected {{code}}'],
      ]),
      graph('Tasks', 'By state', [['hive_tasks', '{{state}}']]),
      graph('Workflows', 'By state', [['hive_workflows', '{{state}}']]),
      graph('Settled tasks', 'Each hour, by state', [
        ['sum by (state) (rate(hive_tasks_settled_total[$__rate_interval])) * 3600', '{{state}}'],
      ]),
      graph('Workflows each hour', 'Accepted and ended', [
        ['rate(hive_workflows_submitted_total[$__rate_interval]) * 3600', 'submitted'],
        ['sum by (state) (rate(hive_workflows_settled_total[$__rate_interval])) * 3600', '{{state}}'],
      ]),
      graph('Approvals', 'Asked and decided, each hour', [
        ['sum by (kind) (rate(hive_approvals_requested_total[$__rate_interval])) * 3600', 'asked: {{kind}}'],
        ['sum by (decision) (rate(hive_approvals_decided_total[$__rate_interval])) * 3600', '{{decision}}'],
      ]),
    ],
  },
  {
    title: 'Models and boxes',
    panels: [
      graph('Calls', 'Each minute, by model and outcome', [
        ['sum by (model, outcome) (rate(hive_model_calls_total[$__rate_interval])) * 60', '{{model}} {{outcome}}'],
      ]),
      graph('Tokens', 'Each minute, by model and direction', [
        ['sum by (model, direction) (rate(hive_model_tokens_total[$__rate_interval])) * 60', '{{model}} {{direction}}'],
      ]),
      graph(
        'Cost',
        'Since the start of the range',
        [['sum by (model) (increase(hive_model_cost_usd_total[$__range]))', '{{model}}']],
        { unit: 'currencyUSD' },
      ),
      graph(
        'Time to an answer',
        'Median and 95 %',
        [
          [quantile(0.5, 'hive_model_call_duration_seconds', 'le, model'), '{{model}} p50'],
          [quantile(0.95, 'hive_model_call_duration_seconds', 'le, model'), '{{model}} p95'],
        ],
        { unit: 's' },
      ),
      graph('Limits met', 'By provider and kind, each hour', [
        [
          'sum by (provider, kind) (rate(hive_model_limits_met_total[$__rate_interval])) * 3600',
          '{{provider}} {{kind}}',
        ],
      ]),
      graph('Boxes', 'By state', [['hive_boxes', '{{state}}']]),
    ],
  },
  {
    title: 'Log and store',
    panels: [
      graph('Events', 'Recorded in a second, by topic', [
        [
          'sum by (topic) (label_replace(rate(hive_events_total[$__rate_interval]), "topic", "$1", "type", "([a-z]+)[.].*"))',
          '{{topic}}',
        ],
      ]),
      graph('Subscriptions behind', 'Positions between the head of the log and what was handled', [
        ['scalar(hive_log_position) - hive_subscription_position', '{{subscription}}'],
      ]),
      graph(
        'Store and free disk',
        'Size of the store, and free room under HIVE_HOME',
        [
          ['hive_store_bytes', 'store'],
          ['hive_disk_free_bytes', 'free'],
        ],
        { unit: 'bytes' },
      ),
      graph('Readers held back', 'PostgreSQL: by a transaction that writes', [
        ['hive_horizon_lag_seconds', 'for'],
        ['hive_horizon_hidden_events', 'events'],
      ]),
      graph('Alerts raised', 'Each hour', [
        ['sum by (alert) (rate(hive_alerts_raised_total[$__rate_interval])) * 3600', '{{alert}}'],
      ]),
    ],
  },
  {
    title: 'Control room',
    panels: [
      graph(
        'Requests',
        'In a second, by status',
        [['sum by (status) (rate(hive_http_requests_total[$__rate_interval]))', '{{status}}']],
        { unit: 'reqps' },
      ),
      graph(
        'Time to answer',
        '95 % by route',
        [[quantile(0.95, 'hive_http_request_duration_seconds', 'le, route'), '{{route}}']],
        { unit: 's' },
      ),
      graph('Streams', 'Clients that follow the log, and how far the slowest is behind', [
        ['hive_streams', 'streams'],
        ['hive_stream_lag_events', 'events behind'],
      ]),
      graph(
        'Processor',
        'Of the dashboard, as a share of one core',
        [['rate(process_cpu_seconds_total[$__rate_interval])', 'dashboard']],
        { unit: 'percentunit' },
      ),
      graph(
        'Memory',
        'Of the dashboard',
        [
          ['process_resident_memory_bytes', 'resident'],
          ['nodejs_heap_size_used_bytes', 'heap'],
        ],
        { unit: 'bytes' },
      ),
    ],
  },
];

const source = { type: 'prometheus', uid: '${source}' };

const panelOf = ({ title, description, kind, unit, queries, alarm }: Panel, id: number, place: object) => ({
  id,
  type: kind,
  title,
  description,
  datasource: source,
  gridPos: place,
  fieldConfig: {
    defaults: {
      unit,
      min: 0,
      thresholds: {
        mode: 'absolute',
        steps: [{ color: 'text', value: null }, ...(alarm === undefined ? [] : [{ color: 'orange', value: alarm }])],
      },
    },
    overrides: [],
  },
  options:
    kind === 'stat'
      ? { colorMode: 'value', graphMode: 'area', reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false } }
      : { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi', sort: 'desc' } },
  targets: queries.map(([expr, legendFormat], n) => ({
    refId: String.fromCharCode(65 + n),
    datasource: source,
    editorMode: 'code',
    expr,
    legendFormat,
    range: true,
  })),
});

/** Places panels from left to right, six small ones or three large ones in a line. */
const placed = () => {
  let id = 0;
  let y = 0;
  return rows.flatMap(({ title, panels }) => {
    const head = { id: ++id, type: 'row', title, collapsed: false, gridPos: { h: 1, w: 24, x: 0, y: y++ }, panels: [] };
    let x = 0;
    let height = 0;
    const body = panels.map((panel) => {
      const [w, h] = panel.kind === 'stat' ? [4, 4] : [8, 8];
      if (x + w > 24) [x, y] = [0, y + height];
      height = h;
      const made = panelOf(panel, ++id, { h, w, x, y });
      x += w;
      return made;
    });
    y += height;
    return [head, ...body];
  });
};

/** Every query of the dashboard. */
export const queries: readonly string[] = rows.flatMap(({ panels }) =>
  panels.flatMap((panel) => panel.queries.map(([expr]) => expr)),
);

/** The dashboard as Grafana imports it. */
export const dashboard = () => ({
  __inputs: [
    {
      name: 'source',
      label: 'Prometheus',
      description: 'What scrapes Hive',
      type: 'datasource',
      pluginId: 'prometheus',
    },
  ],
  __requires: [
    { type: 'grafana', id: 'grafana', name: 'Grafana', version: '10.0.0' },
    { type: 'datasource', id: 'prometheus', name: 'Prometheus', version: '1.0.0' },
    { type: 'panel', id: 'stat', name: 'Stat', version: '' },
    { type: 'panel', id: 'timeseries', name: 'Time series', version: '' },
  ],
  uid: 'hive-overview',
  title: 'Hive',
  description: 'What a Hive does, needs and costs',
  tags: ['hive'],
  editable: true,
  schemaVersion: 39,
  version: 1,
  refresh: '30s',
  time: { from: 'now-6h', to: 'now' },
  templating: {
    list: [
      {
        name: 'source',
        label: 'Prometheus',
        type: 'datasource',
        query: 'prometheus',
        current: {},
        hide: 0,
        options: [],
        refresh: 1,
      },
    ],
  },
  annotations: { list: [] },
  panels: placed(),
});
