/** The labels of one sample. */
export type Labels = Readonly<Record<string, string>>;

/** One line. `suffix` is that of a histogram: `_bucket`, `_sum`, `_count`. */
export type Sample = { readonly labels?: Labels; readonly value: number; readonly suffix?: string };

/** What one name stands for, with all that is known of it now. */
export type Metric = {
  readonly name: string;
  readonly help: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly samples: readonly Sample[];
};

const escaped = (text: string): string => text.replace(/[\\"\n]/g, (it) => (it === '\n' ? '\\n' : `\\${it}`));

const labelsOf = (labels: Labels | undefined): string => {
  const all = Object.entries(labels ?? {});
  return all.length === 0 ? '' : `{${all.map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`;
};

/** Metrics in the text format of Prometheus (0.0.4). What has no sample is left out: nobody knows it. */
export const textOf = (metrics: readonly Metric[]): string =>
  metrics
    .filter(({ samples }) => samples.length > 0)
    .map(({ name, help, type, samples }) =>
      [
        `# HELP ${name} ${help.replace(/[\\\n]/g, ' ')}`,
        `# TYPE ${name} ${type}`,
        ...samples.map(({ labels, value, suffix = '' }) => `${name}${suffix}${labelsOf(labels)} ${value}`),
        '',
      ].join('\n'),
    )
    .join('');
