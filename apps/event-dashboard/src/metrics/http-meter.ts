import type { Metric } from './exposition.ts';
import { emptyHistogram, observe, samplesOf, type Histogram } from './histogram.ts';

/** Upper bounds in seconds. */
const bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Counts answers of this process. */
export type HttpMeter = {
  /** `route` is `GET /tasks/{id}`; null: an address that is none, or the shell. */
  count(route: string | null, status: number, seconds: number): void;
  metrics(): readonly Metric[];
};

/** Labels are routes and never addresses, so that there are as many as there are routes. */
export const createHttpMeter = (): HttpMeter => {
  const requests = new Map<string, { route: string; status: string; count: number }>();
  const times = new Map<string, Histogram>();
  return {
    count: (asked, status, seconds) => {
      const route = asked ?? 'other';
      const key = `${status} ${route}`;
      const known = requests.get(key) ?? { route, status: String(status), count: 0 };
      known.count += 1;
      requests.set(key, known);
      const histogram = times.get(route) ?? emptyHistogram(bounds);
      observe(histogram, bounds, seconds);
      times.set(route, histogram);
    },
    metrics: () => [
      {
        name: 'hive_http_requests_total',
        help: 'Requests that were answered, by route and status',
        type: 'counter',
        samples: [...requests.values()].map(({ route, status, count }) => ({
          labels: { route, status },
          value: count,
        })),
      },
      {
        name: 'hive_http_request_duration_seconds',
        help: 'Time until the answer began, by route; a stream begins when it is opened',
        type: 'histogram',
        samples: [...times].flatMap(([route, histogram]) => samplesOf(histogram, bounds, { route })),
      },
    ],
  };
};
