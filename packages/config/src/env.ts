import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Environment variables by name. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The environment of this process. The only place that reads it; everything else is handed what it needs. */
export const readEnv = (): Env => process.env;

/** The variables that Hive looks at, and what each means. */
export const variables: Readonly<Record<string, string>> = {
  HIVE_HOME: 'Where state lives. Without it `.hive` of the clone, else `~/.hive`.',
  HIVE_CONFIG: 'The configuration file. Without it `hive.yaml` in HIVE_HOME, where there is one.',
  HIVE_DATABASE_URL: '`postgres://…`. Without it SQLite in HIVE_HOME.',
  HIVE_PORT: 'The port of the control room, 4483. When it is set, no other is tried.',
  HIVE_URL: 'The Hive that commands speak to. Without it the one that runs on HIVE_HOME.',
  HIVE_TOKEN: 'The token for HIVE_URL. Without it the one in HIVE_HOME.',
  ANTHROPIC_API_KEY: 'The key for `claude:` models. Found is not used: a model has to be named.',
  ANTHROPIC_BASE_URL: 'Where `claude:` models are called, instead of the address of Anthropic.',
  OLLAMA_HOST: 'Where Ollama listens, when hive.yaml names no box. Without it 127.0.0.1:11434.',
  OTEL_EXPORTER_OTLP_ENDPOINT:
    'Where traces are sent as OTLP over HTTP, e.g. `http://localhost:4318`. With it (or `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`) every workflow is a trace of OpenTelemetry, and the other `OTEL_EXPORTER_OTLP_*` variables hold too.',
  OTEL_SERVICE_NAME: 'The name that traces are sent under, `hive`.',
  OTEL_SDK_DISABLED: '`true`: no traces are sent, wherever to. So does `none` in `OTEL_TRACES_EXPORTER`.',
  NO_COLOR: 'No colours.',
  CI: 'No prompts and no spinners.',
};

/** The folder of the clone that a module belongs to: the nearest one above it with an nx.json. null for an installed package. */
export const cloneRootOf = (importMetaUrl: string): string | null => {
  for (let folder = dirname(fileURLToPath(importMetaUrl)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'nx.json'))) return folder;
    if (folder === dirname(folder)) return null;
  }
};
