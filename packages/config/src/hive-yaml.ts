import { Argv, HostGrant, Policy } from '@hive/events';
import { z } from 'zod';
import { approvalNames } from './approvals-of.ts';
import { HttpSetting } from './http-setting.ts';
import { NotifySetting } from './notify-setting.ts';
import { QuietHoursSetting } from './quiet-hours.ts';

/** Marks a key that is accepted and has no effect yet: whoever sets it is told so. */
const notYet = <T extends z.ZodType>(schema: T, description: string): T => schema.meta({ description, notYet: true });

const Command = z.union([z.string().min(1).max(4096), Argv]);
const Globs = z.array(z.string().min(1).max(500)).max(200);
const Hosts = z.array(HostGrant).max(100);
/** A list is for setups and checks alike. */
const Egress = z.union(
  [
    Hosts.transform((hosts) => ({ setup: hosts, checks: hosts })),
    z.strictObject({
      setup: Hosts.default([]).describe('while dependencies are installed'),
      checks: Hosts.default([]).describe('while checks run, and whatever else runs in a worktree'),
    }),
  ],
  {
    error:
      'write a list of hosts such as example.org, *.example.org or example.org:8443, or { setup: [], checks: [] }; an address is no host',
  },
);
const EnvName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'a name of an environment variable, without a value');
const ModelRef = z
  .string()
  .regex(
    /^(claude|claude-code|ollama):\S+$/,
    'write claude:<model>, claude-code:<model>, ollama:<model> or ollama:<model>@<box>',
  );
const Limit = z.strictObject({
  usd: z.number().positive().optional().describe('dollars'),
  tokens: z.int().positive().optional().describe('tokens, read and written'),
});
/** `30%` or 0.3. */
const Share = z.union([
  z.number().min(0).max(1),
  z
    .string()
    .regex(/^(100|\d{1,2}(\.\d+)?)%$/, 'write a share, e.g. 30% or 0.3')
    .transform((text) => Number.parseFloat(text) / 100),
]);
const Dollars = z.number().min(0);
const Reach = z.enum(['local', 'ask', 'lan', 'any', 'none']);
const boxName = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'a name has letters, digits, dot, dash or underscore');

const templateName = z
  .string()
  .regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/, 'a name has letters, digits, dash or underscore');

const Agent = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe('address of its Ollama; an agent with an endpoint is a box'),
  model: z
    .string()
    .min(1)
    .optional()
    .describe('its model, as Ollama names it; plans and works unless `models` says otherwise'),
  name: z.string().optional().describe('how it is shown to people'),
  capabilities: z.array(z.string().max(64)).max(50).optional().describe('what it may be asked for'),
  specialization: z
    .string()
    .max(200)
    .optional()
    .describe('what it is good at; planners are told, and a domain of that name counts'),
  parallel: z
    .int()
    .min(1)
    .max(64)
    .optional()
    .describe(
      'calls that are sent to it at once; without it Hive begins with one and learns from its calls whether more are worth it',
    ),
  quiet_hours: QuietHoursSetting.optional().describe(
    "when it is its owner's, by the clock of the machine of Hive, e.g. 08:00-18:00; what runs may end",
  ),
  hardware: z
    .strictObject({
      gpu_type: notYet(z.string().optional(), 'its graphics card'),
      vram_gb: z
        .number()
        .positive()
        .optional()
        .describe('its memory for models in gigabytes, where no worker on it measures that'),
      cpu_cores: notYet(z.int().optional(), 'its processors'),
    })
    .optional()
    .describe('what it is made of'),
  performance_targets: z
    .strictObject({
      min_tps: z.number().positive().optional().describe('tokens per second'),
      max_response_time: z.number().positive().optional().describe('seconds to the end of an answer'),
    })
    .optional()
    .describe('what its last calls should reach; an alert says when they do not'),
});

const Repo = z.strictObject({
  checks: z.array(Command).min(1).max(50).optional().describe('the commands that prove a change'),
  setup: Command.optional().describe('installs what the checks need'),
  paths: Globs.optional().describe('what tasks may touch that do not say so themselves'),
  tests: Globs.optional().describe('which files are tests; when left out, names tell, and #[cfg(test)] in Rust'),
  into: z
    .string()
    .min(1)
    .optional()
    .describe('the branch that what was merged is delivered into, unless `--into` says otherwise'),
  egress: Egress.optional().describe(
    'hosts that its commands may reach besides those of `sandbox.egress`: a list, or `setup` and `checks` apart',
  ),
  policy: Policy.optional().describe('rules of this repository, over those of `policies`'),
});

const Hive = z.strictObject({
  models: z
    .strictObject({
      planner: z.array(ModelRef).default([]).describe('who turns a goal into a plan'),
      worker: z.array(ModelRef).default([]).describe('who writes changes'),
      reviewer: z.array(ModelRef).default([]).describe('who reads changes, besides the rules'),
    })
    .prefault({})
    .describe(
      'models by role, first choice first, fallbacks after it. A paid one is called only when it is named here or by `--model`',
    ),
  claude_code: z
    .strictObject({
      terms: z
        .literal('accepted')
        .describe(
          'Claude Code runs under your own login and your own agreement with Anthropic; read its terms (https://www.anthropic.com/legal) before you let Hive start it',
        ),
      command: z.string().min(1).optional().describe('the `claude` to start; the one on PATH unless it is said'),
    })
    .optional()
    .describe(
      'lets Hive ask `claude-code:<model>`: your own Claude Code, for a plan instead of a key. It is started without tools in an empty folder and sees only what it is asked',
    ),
  fallback: z
    .strictObject({
      after: z
        .int()
        .min(1)
        .max(20)
        .default(3)
        .describe('attempts at a task that a model of a list may lose before the next one has its turn'),
    })
    .prefault({})
    .describe('how the models of a list follow each other'),
  replies: z
    .strictObject({
      reuse: z
        .boolean()
        .default(false)
        .describe('answers a question at temperature 0 that was asked before from what was answered then, at no cost'),
      hours: z.number().positive().max(8760).default(24).describe('how long an answer may be used again'),
    })
    .prefault({})
    .describe('answers of models that are used again'),
  agents: z.record(boxName, Agent).default({}).describe('machines that serve models'),
  repos: z.record(z.string().min(1), Repo).default({}).describe('what holds for a repository, by its path'),
  sandbox: z
    .strictObject({
      mode: z
        .enum(['auto', 'required', 'off'])
        .default('auto')
        .describe('`auto`: where it works; `required`: nothing runs without it; `off`: not even where it works'),
      allowUnsandboxed: z
        .boolean()
        .default(false)
        .describe("lets a model's change run where no sandbox works; it can then do what you can"),
      backend: z
        .enum(['auto', 'bwrap', 'podman', 'docker', 'srt'])
        .default('auto')
        .describe(
          '`auto`: bubblewrap, or where it does not work and `image` is given podman, then docker; `srt`: @anthropic-ai/sandbox-runtime, where you have installed it',
        ),
      image: z
        .string()
        .regex(/^[a-z0-9][a-zA-Z0-9._/:@-]*$/, 'the name of an image, e.g. docker.io/library/node:24')
        .optional()
        .describe(
          'what commands find in a container of podman or docker; it has to be there already, nothing is fetched',
        ),
      limits: z
        .strictObject({
          memoryGb: z.number().positive().default(4).describe('memory, files in /tmp and HOME included'),
          processes: z.int().min(8).max(1_000_000).default(512).describe('processes and threads at once'),
          cores: z.number().positive().max(1024).default(2).describe('cores kept busy; held where control groups are'),
          cpuMinutes: z.number().positive().default(60).describe('processor time of all its processes'),
          fileGb: z.number().positive().default(4).describe('one file'),
          diskGb: z.number().positive().default(10).describe('what lies in its worktree'),
          files: z.int().positive().default(1_000_000).describe('files in its worktree'),
          minutes: z.number().positive().default(30).describe('time, whatever a task asks for'),
          outputMb: z.number().positive().default(10).describe('output that is kept: its beginning and its end'),
        })
        .prefault({})
        .describe('what one command with all that it starts may use; meeting a limit is not held against a change'),
      passEnv: z
        .array(EnvName)
        .max(50)
        .default([])
        .describe('variables that setup and checks may see besides the usual few'),
      egress: Egress.default({ setup: [], checks: [] }).describe(
        'hosts that sandboxed commands may reach, e.g. `[cdn.example.org, "*.example.net"]`, or `setup` and `checks` apart; setups reach the registries of their package manager besides',
      ),
    })
    .prefault({})
    .describe('how commands of a repository are run'),
  budgets: z
    .strictObject({
      workflow: Limit.optional().describe('limit of a workflow that was given none; over it the workflow fails'),
      day: Limit.optional().describe(
        'limit of a day, by the clock of the machine; over it work waits for the next one',
      ),
      models: z
        .record(
          z.string().regex(/^(claude|claude-code|ollama):[^\s@]+$/, 'write claude:<model> or ollama:<model>'),
          Limit,
        )
        .default({})
        .describe('limits of single models on a day, by their refs without a box'),
    })
    .prefault({})
    .describe('limits of what models may cost'),
  prices: z
    .record(
      z.string().regex(/^claude:\S+$/, 'write claude:<model>'),
      z.strictObject({
        input: Dollars,
        output: Dollars,
        cacheRead: Dollars.optional(),
        cacheWrite: Dollars.optional(),
        as_of: z.iso.date().describe('when the list was read'),
      }),
    )
    .default({})
    .describe('dollars per million tokens by model; without a price a call has tokens and no dollars'),
  paid: z
    .strictObject({
      quiet_hours: QuietHoursSetting.optional().describe(
        'when they are left to you, by the clock of the machine, e.g. 08:00-18:00; work that needs them waits',
      ),
      reserve: Share.default(0).describe(
        "share of a plan's window that is left to you, e.g. 30%; what would go beyond waits for the next one",
      ),
      resumes: z
        .int()
        .min(0)
        .max(1000)
        .default(3)
        .describe('how often a workflow goes on by itself after a limit; then it is paused, and waits for you'),
    })
    .prefault({})
    .describe('how models that cost money or use up a plan are called while you are away'),
  limits: z
    .strictObject({
      repository: z.int().min(1).optional().describe('tasks of one repository that are worked on or checked at once'),
      models: z
        .record(z.string().min(1), z.int().min(1))
        .default({})
        .describe('tasks that one author is working on at once, by model ref'),
      boxes: z
        .record(z.string().min(1), z.int().min(1))
        .default({})
        .describe('tasks whose author runs on one box at once, by the name of the box'),
    })
    .prefault({})
    .describe('how much of a kind goes on at once; what is over waits its turn'),
  review: z
    .strictObject({
      quorum: z
        .int()
        .min(1)
        .max(9)
        .default(1)
        .describe(
          'how many of the models below `models.reviewer` have to approve a change; others than its author count',
        ),
    })
    .prefault({})
    .describe('how changes are reviewed by models'),
  author: z
    .strictObject({
      turns: z.int().min(1).max(500).default(40).describe('replies of the model'),
      tokens: z.int().positive().default(1_000_000).describe('tokens that its turns read and write, as estimated'),
    })
    .prefault({})
    .describe('how far one attempt of a model at a change may go'),
  disk: z
    .strictObject({
      floorGb: z
        .number()
        .min(0)
        .default(5)
        .describe('with less than this free nothing new starts; work in hand goes on, and an alert says so'),
      worktreesGb: z.number().positive().default(20).describe('worktrees of failed tasks: over it the oldest go'),
      failedDays: z.number().min(0).default(7).describe('how long a failed task keeps its worktree for a look'),
      cachesGb: z
        .number()
        .positive()
        .default(20)
        .describe('what setups installed: over it goes what was unused for the longest time'),
      mirrorsGb: z
        .number()
        .positive()
        .default(20)
        .describe('mirrors of repositories: over it go those without open work that were unused for the longest time'),
      logsMb: z.number().positive().default(100).describe('logs of the processes: over it the oldest go'),
    })
    .prefault({})
    .describe('how much room Hive takes below HIVE_HOME; what is over is removed, evidence never'),
  store: z
    .strictObject({
      synchronous: z
        .enum(['full', 'normal'])
        .default('full')
        .describe(
          '`full`: a commit is on the disk; `normal`: faster, survives `kill -9` but may lose the last commits when the plug is pulled',
        ),
    })
    .prefault({})
    .describe('what a commit to SQLite waits for; a PostgreSQL has settings of its own'),
  cluster: notYet(
    z.strictObject({ name: z.string().optional(), region: z.string().optional() }).optional(),
    'what this Hive is called and where it stands',
  ),
  workflows: z
    .strictObject({
      templates: z
        .record(
          templateName,
          z.strictObject({
            agents: z
              .array(z.string().min(1).max(64))
              .max(50)
              .default([])
              .describe('who takes part, by name below `agents`'),
            stages: z
              .array(z.union([z.string().min(1).max(64), z.record(z.string().min(1).max(64), z.unknown())]))
              .max(30)
              .default([])
              .describe(
                'what is done one after the other: a name, or `name: agent`; plan, checks, review and merge are Hive itself',
              ),
          }),
        )
        .default({})
        .describe('how a kind of goal is planned; a goal that begins with its name and a colon takes it'),
    })
    .prefault({})
    .describe('workflows to begin from'),
  planners: z
    .record(
      templateName,
      z.strictObject({
        paths: Globs.optional().describe(
          'files that make a repository one of this kind; without them, goals that name it',
        ),
        prompt: z.string().min(1).max(4000).describe('what the planner is told then'),
      }),
    )
    .default({})
    .describe('what a planner should know of a domain, such as backend, frontend or infrastructure'),
  pool: z
    .strictObject({
      context: z
        .record(z.string().min(1), z.int().min(1024))
        .default({})
        .describe(
          'tokens of context by model, the same on every box: another one would load the model again. Default 16384, and never more than it can',
        ),
    })
    .prefault({})
    .describe('how all boxes are used together'),
  monitoring: z
    .strictObject({
      metrics_retention_days: notYet(z.number().optional(), 'how long figures are kept; only the latest are'),
      alert_thresholds: z
        .strictObject({
          cpu_usage: z.number().positive().max(100).optional().describe('percent of the processors of a machine'),
          memory_usage: z.number().positive().max(100).optional().describe('percent of the memory of a machine'),
          gpu_usage: z.number().positive().max(100).optional().describe('percent of the memory of a graphics card'),
          response_time: z.number().positive().optional().describe('seconds to the end of an answer of a box'),
        })
        .optional()
        .describe('an alert is raised above, and resolved a tenth below'),
      health_check_interval: z
        .number()
        .min(1)
        .max(30)
        .default(25)
        .describe('seconds between two looks at a box without work; with work it is two'),
    })
    .prefault({})
    .describe('when to raise an alert'),
  mcp_servers: notYet(
    z.strictObject({ registry: z.record(z.string(), z.unknown()).optional() }).optional(),
    'tools for models',
  ),
  security: z
    .strictObject({
      egress: z
        .array(
          z.strictObject({
            path: z.string().min(1).max(500).describe('glob of paths in a repository'),
            to: Reach.describe('how far their text may go'),
          }),
        )
        .max(200)
        .default([])
        .describe(
          'where text of a repository may be sent: `local` to boxes of the pool, `ask` further once a person agrees (hive approve), `lan` also to private addresses, `any`, or `none` to no model; the first rule that matches a path counts, the strictest one of a request decides',
        ),
      egressDefault: Reach.default('any').describe('for paths that no rule matches, and for text of no file'),
      notSecrets: Globs.default([]).describe(
        'files that may look as if they held keys and hold none, e.g. fixtures; text of any other one that does is sent to nobody',
      ),
      require_approval: z
        .union([z.boolean(), z.array(z.enum(approvalNames))])
        .optional()
        .describe(
          `what waits for a person: true for all of it, or some of ${approvalNames.join(', ')}; short for keys of \`policies.approvals\`, which go before`,
        ),
      api_rate_limit: z
        .number()
        .positive()
        .max(100_000)
        .optional()
        .describe(
          'requests that one token or browser may send to the API in a second, on the average of ten; a third of it for those that change something (default: 100)',
        ),
      session_timeout: z
        .number()
        .positive()
        .max(400 * 24 * 3600)
        .optional()
        .describe('seconds after which a paired browser that did not come has to be paired anew (default: 30 days)'),
    })
    .prefault({})
    .describe('what may leave this machine'),
  http: HttpSetting.prefault({}).describe('how other devices reach the control room'),
  notify: NotifySetting.prefault({}).describe(
    'who else is told of what waits for a person, besides the browsers in which it was switched on',
  ),
  policies: Policy.prefault({}).describe('rules that changes are proven, reviewed, approved and merged by'),
  quiet_hours: QuietHoursSetting.optional().describe(
    'when boxes are left alone that have no `quiet_hours` of their own',
  ),
});

/** The contents of hive.yaml. Unknown keys are refused; keys without an effect yet are accepted and told. */
export const HiveYaml = z.strictObject({ hive: Hive.prefault({}) });
export type HiveYaml = z.infer<typeof HiveYaml>;

/** A command as hive.yaml holds it: a text that is split like a shell would, or an argv list. */
export type ConfiguredCommand = z.infer<typeof Command>;
