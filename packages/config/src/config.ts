import type { Policy } from '@hive/events';
import type { ConfiguredCommand } from './hive-yaml.ts';
import type { HttpConfig } from './http-setting.ts';
import type { NotifyConfig } from './notify-setting.ts';
import type { QuietHours } from './quiet-hours.ts';
import type { Secret } from './secret.ts';

/** A machine that serves models. */
export type Box = {
  readonly name: string;
  /** How it is shown to people. */
  readonly title: string;
  readonly endpoint: string;
  readonly model: string | null;
  readonly capabilities: readonly string[];
  /** Calls that are sent to it at once; without it that is learnt. */
  readonly parallel?: number;
  readonly quietHours?: readonly QuietHours[];
  /** Its memory for models in bytes, where that was configured. */
  readonly memoryBytes?: number;
  /** What its last calls should reach. */
  readonly targets?: { readonly minTps: number | null; readonly maxResponseS: number | null };
};

/** Above which figures alerts are raised: percents of a machine, and seconds to an answer; null: never. */
export type AlertThresholds = {
  readonly cpu: number | null;
  readonly memory: number | null;
  readonly gpu: number | null;
  readonly responseS: number | null;
};

/** Hosts that commands may reach, as `HostGrant` of `@hive/events` has them. */
export type EgressConfig = { readonly setup: readonly string[]; readonly checks: readonly string[] };

/** What was configured for one repository. `path` is absolute, with links resolved where it exists. */
export type RepoConfig = {
  readonly path: string;
  readonly checks?: readonly ConfiguredCommand[] | undefined;
  readonly setup?: ConfiguredCommand | undefined;
  readonly paths?: readonly string[] | undefined;
  readonly tests?: readonly string[] | undefined;
  readonly into?: string | undefined;
  readonly egress?: EgressConfig | undefined;
  /** Its own rules, over the general ones. */
  readonly policy?: Policy | undefined;
};

/** A limit in dollars, in tokens read and written, or both. */
export type Limit = { readonly usd?: number | undefined; readonly tokens?: number | undefined };

/** What a model costs, in dollars per million tokens, and when that was read. */
export type Price = {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number | undefined;
  readonly cacheWrite?: number | undefined;
  readonly as_of: string;
};

/** How far a text may go: to boxes of the pool, further once a person agrees, to private addresses, anywhere, or to no model. */
export type Reach = 'local' | 'ask' | 'lan' | 'any' | 'none';

/** Which database, and how to reach it. */
export type DatabaseConfig =
  | { readonly dialect: 'sqlite'; readonly path: string; readonly synchronous: 'full' | 'normal' }
  | { readonly dialect: 'postgres'; readonly url: Secret };

/** How much room may be taken. Over a cap the oldest goes; what events refer to has none. */
export type DiskConfig = {
  /** With less than this free nothing new starts. */
  readonly floorBytes: number;
  readonly worktreesBytes: number;
  /** How long a failed task keeps its worktree. */
  readonly failedMs: number;
  readonly cachesBytes: number;
  readonly mirrorsBytes: number;
  readonly logsBytes: number;
};

/** What only tests may ask for; see the README of `@hive/failpoints`. */
export type Testing = {
  /** Orders for failpoints, as `HIVE_FAILPOINTS` has them; null: none. */
  readonly failpoints: string | null;
  /** Where hits of failpoints are told. */
  readonly failpointLog: string | null;
  /** How long a claim holds. */
  readonly leaseMs: number | null;
  /** How long the supervisor waits at most before it starts a process again. */
  readonly restartMs: number | null;
};

/** Who takes part in a template. `ref` is its own model, where it has one. */
export type Specialist = {
  readonly name: string;
  readonly specialization: string | null;
  readonly capabilities: readonly string[];
  readonly ref: string | null;
};

/** How a kind of goal is planned: who takes part, and what is done one after the other. */
export type Template = {
  readonly agents: readonly Specialist[];
  readonly stages: readonly { readonly name: string; readonly agent: Specialist | null }[];
};

/** All choices and secrets of one Hive. Each adapter is handed its slice. */
export type HiveConfig = {
  /** Where state lives; absolute. */
  readonly home: string;
  /** The hive.yaml that was read; null when there was none. */
  readonly file: string | null;
  /** `given`: the user named this port, so no other is tried. */
  readonly port: { readonly number: number; readonly given: boolean };
  readonly http: HttpConfig;
  readonly notify: NotifyConfig;
  readonly database: DatabaseConfig;
  /** Holds the token of the API; see `ensureToken`. */
  readonly tokenFile: string;
  /** Where commands find Hive when the environment says so. */
  readonly remote: { readonly url: string | null; readonly token: Secret | null };
  readonly boxes: readonly Box[];
  /** `contexts`: tokens by model. `idleMs`: between two looks at a box without work. */
  readonly pool: { readonly contexts: Readonly<Record<string, number>>; readonly idleMs: number };
  readonly alerts: AlertThresholds;
  /** `given`: OLLAMA_HOST was set. To be probed only when there are no boxes. */
  readonly ollama: { readonly url: string; readonly given: boolean };
  /** How the user's own Claude Code is started; null: the user has not allowed it. `command` is a path or a name to look for on `path`. */
  readonly claudeCode: { readonly command: string; readonly path: string; readonly home: string } | null;
  readonly anthropic: { readonly apiKey: Secret | null; readonly baseUrl: string | null };
  /** Model refs by role, first choice first. */
  readonly models: {
    readonly planner: readonly string[];
    readonly worker: readonly string[];
    readonly reviewer: readonly string[];
  };
  /** How many attempts at a task a model of a list may lose before the next one has its turn. */
  readonly fallback: { readonly after: number };
  /** Whether answers at temperature 0 are used again, and for how long. */
  readonly replies: { readonly reuse: boolean; readonly keptMs: number };
  readonly repos: readonly RepoConfig[];
  /** Where traces of OpenTelemetry are sent, by the standard environment variables; null: nowhere. */
  readonly telemetry: { readonly endpoint: string; readonly serviceName: string } | null;
  /** The rules for repositories that have none of their own; see {@link policyFor}. */
  readonly policies: Policy;
  readonly sandbox: {
    readonly mode: 'auto' | 'required' | 'off';
    readonly allowUnsandboxed: boolean;
    readonly backend: 'auto' | 'bwrap' | 'podman' | 'docker' | 'srt';
    readonly image: string | null;
    /** What one command, with all that it starts, may use. */
    readonly limits: {
      readonly memoryBytes: number;
      readonly processes: number;
      readonly cores: number;
      readonly cpuMs: number;
      readonly fileBytes: number;
      readonly diskBytes: number;
      readonly files: number;
      readonly wallMs: number;
      readonly outputBytes: number;
    };
    readonly passEnv: readonly string[];
    /** For every repository; see {@link egressFor}. */
    readonly egress: EgressConfig;
  };
  /** `models`: on a day, by ref without a box. */
  readonly budgets: {
    readonly workflow: Limit | null;
    readonly day: Limit | null;
    readonly models: Readonly<Record<string, Limit>>;
  };
  /** Dollars per million tokens, by ref. */
  readonly prices: Readonly<Record<string, Price>>;
  /** How models that cost money or use up a plan are called by themselves. */
  readonly paid: {
    readonly quietHours: readonly QuietHours[];
    readonly reserve: number;
    readonly resumes: number;
  };
  /** How far text of a repository may go: the first rule that matches a path; `fallback` for the rest. */
  readonly egress: {
    readonly rules: readonly { readonly path: string; readonly to: Reach }[];
    readonly fallback: Reach;
    readonly notSecrets: readonly string[];
  };
  /** What one token or browser may ask of the API in a second, and how long a browser that does not come is known; null: the default. */
  readonly security: { readonly requestsPerS: number | null; readonly sessionMs: number | null };
  /** How many tasks may be worked on at once, by what they share; null: any number. */
  readonly limits: {
    readonly repository: number | null;
    readonly models: Readonly<Record<string, number>>;
    readonly boxes: Readonly<Record<string, number>>;
  };
  /** What planners begin from, by name. `paths` undefined: goals that name the domain. */
  readonly planning: {
    readonly templates: Readonly<Record<string, Template>>;
    readonly domains: Readonly<
      Record<string, { readonly paths?: readonly string[] | undefined; readonly prompt: string }>
    >;
  };
  /** How many models have to approve a change, where any reviews. */
  readonly review: { readonly quorum: number };
  /** How far one attempt of a model at a change may go. */
  readonly author: { readonly turns: number; readonly tokens: number };
  readonly disk: DiskConfig;
  /** Absent outside of test mode. */
  readonly testing?: Testing;
  readonly terminal: { readonly color: boolean; readonly ci: boolean };
  /** Sentences about keys that are set and do nothing yet. */
  readonly warnings: readonly string[];
};
