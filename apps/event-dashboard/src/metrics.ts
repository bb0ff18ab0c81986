import type { Health } from '@hive/events';

type Sample = { readonly labels?: Readonly<Record<string, string>>; readonly value: number };

/** How Hive is, in the text format of Prometheus. */
export const metricsOf = (health: Health): string =>
  [
    gauge('hive_store_bytes', 'Size of the store', [{ value: health.database.bytes }]),
    gauge('hive_log_position', 'Position of the newest visible event', [{ value: health.head }]),
    gauge('hive_steps', 'Steps in the queue by state', labelled('state', Object.entries(health.steps))),
    gauge(
      'hive_subscription_position',
      'Last position that a subscription handled',
      labelled(
        'subscription',
        health.subscriptions.map(({ name, position }) => [name, position] as const),
      ),
    ),
    gauge('hive_dead_letters', 'Events that were given up and are kept', [{ value: health.deadLetters }]),
    gauge('hive_agents', 'Processes of the building that are alive', [{ value: health.agents }]),
    ...(health.disk === null
      ? []
      : [gauge('hive_disk_free_bytes', 'Free room under HIVE_HOME', [{ value: health.disk.freeBytes }])]),
    ...(health.horizon === null
      ? []
      : [
          gauge(
            'hive_horizon_lag_seconds',
            'For how long readers of the log are held back by a transaction that writes',
            [{ value: health.horizon.lagMs / 1000 }],
          ),
          gauge('hive_horizon_hidden_events', 'Events that are recorded and held back', [
            { value: health.horizon.hidden },
          ]),
        ]),
  ].join('');

const labelled = (name: string, values: readonly (readonly [string, number])[]): Sample[] =>
  values.map(([label, value]) => ({ labels: { [name]: label }, value }));

const gauge = (name: string, help: string, samples: readonly Sample[]): string =>
  [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} gauge`,
    ...samples.map(({ labels, value }) => `${name}${textOf(labels)} ${value}`),
    '',
  ].join('\n');

const textOf = (labels: Sample['labels']): string =>
  labels === undefined
    ? ''
    : `{${Object.entries(labels)
        .map(([name, value]) => `${name}="${value.replace(/[\\"\n]/g, (it) => (it === '\n' ? '\\n' : `\\${it}`))}"`)
        .join(',')}}`;
