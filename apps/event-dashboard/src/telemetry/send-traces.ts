import type { Context } from '@hive/agent-kit';
import { hiveVersion, type HiveConfig } from '@hive/config';
import { createSpanExporter } from './export-spans.ts';
import { followTraces } from './follow-traces.ts';

/** Sends the traces of all workflows from now on, until `signal` is aborted. Never throws: where nobody takes them the log says so. */
export const sendTraces = async (
  { serviceName, endpoint }: NonNullable<HiveConfig['telemetry']>,
  { bus, log }: Pick<Context, 'bus' | 'log'>,
  signal: AbortSignal,
): Promise<void> => {
  const exporter = createSpanExporter({ serviceName, version: hiveVersion });
  log.info({ host: URL.parse(endpoint)?.host }, 'sending traces');
  const onTrouble = (error: unknown) => log.warn({ err: error }, 'traces not sent; trying again');
  await followTraces(bus, { send: exporter.send, onTrouble, signal });
  await exporter.close().catch(onTrouble);
};
