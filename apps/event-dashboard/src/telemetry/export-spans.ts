import { SpanKind, SpanStatusCode, TraceFlags, type HrTime } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import type { Span } from './spans.ts';

/** Sends spans to where the standard environment variables of OpenTelemetry say (`OTEL_EXPORTER_OTLP_*`), as OTLP over HTTP in JSON. */
export const createSpanExporter = ({
  serviceName,
  version,
}: {
  readonly serviceName: string;
  readonly version: string;
}) => {
  const exporter = new OTLPTraceExporter();
  const resource = resourceFromAttributes({ 'service.name': serviceName, 'service.version': version });
  const scope = { name: 'hive', version };
  const readable = (span: Span): ReadableSpan => {
    const { traceId, spanId, parentId, name, from, to, attributes, error, moments } = span;
    const context = (id: string) => ({ traceId, spanId: id, traceFlags: TraceFlags.SAMPLED });
    return {
      name,
      kind: SpanKind.INTERNAL,
      spanContext: () => context(spanId),
      ...(parentId !== null && { parentSpanContext: context(parentId) }),
      startTime: timeOf(from),
      endTime: timeOf(to),
      duration: durationOf(from, to),
      status:
        error === null ? { code: SpanStatusCode.OK } : { code: SpanStatusCode.ERROR, message: error.slice(0, 1000) },
      attributes: { ...attributes },
      links: [],
      events: moments.map(({ type, at }) => ({ name: type, time: timeOf(at) })),
      ended: true,
      resource,
      instrumentationScope: scope,
      droppedAttributesCount: 0,
      droppedEventsCount: 0,
      droppedLinksCount: 0,
    };
  };
  return {
    /** Resolves when they have arrived; rejects when they have not, after the retries of the exporter. */
    send: (spans: readonly Span[]): Promise<void> =>
      new Promise((resolve, reject) =>
        exporter.export(spans.map(readable), ({ code, error }) =>
          Number(code) === 0 ? resolve() : reject(error ?? new Error('the spans were not taken')),
        ),
      ),
    close: () => exporter.shutdown(),
  };
};

const secondsAndNanos = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];

const timeOf = (iso: string): HrTime => secondsAndNanos(Date.parse(iso));

const durationOf = (from: string, to: string): HrTime =>
  secondsAndNanos(Math.max(0, Date.parse(to) - Date.parse(from)));
