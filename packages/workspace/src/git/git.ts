import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { HiveError } from '@hive/errors';

/** How one git process is started. Only what is named here reaches it: no inherited environment, no discovery. */
export type GitOptions = {
  readonly gitDir?: string;
  /** Also the working directory. */
  readonly workTree?: string;
  readonly index?: string;
  readonly input?: Uint8Array | string;
  /** Exit codes that are an answer; any other is thrown as `infra.git`. Default: only 0. */
  readonly ok?: readonly number[];
  /** Bytes of output after which it is stopped and what came is its answer. */
  readonly atMost?: number;
  /** The owner of a repository that is written to, so that root leaves no files of its own there. */
  readonly owner?: Owner;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
};

/** A user and group that a process runs as. */
export type Owner = { readonly uid: number; readonly gid: number };

/** What a git process answered. */
export type GitResult = { readonly code: number; readonly stdout: Buffer; readonly stderr: string };

/** Given on every call: whatever a repository's own config says, nothing of it starts a program. */
const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.untrackedCache=false',
  'core.excludesFile=/dev/null',
  'core.attributesFile=/dev/null',
  'core.logAllRefUpdates=false',
  'core.filesRefLockTimeout=2000',
  'core.packedRefsTimeout=2000',
  'core.quotePath=true',
  // A word about grafts would stand before what went wrong.
  'advice.graftFileDeprecated=false',
  'commit.gpgSign=false',
  // Else a log of a signed commit starts the program that the repository names.
  'log.showSignature=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'protocol.allow=never',
].flatMap((setting) => ['-c', setting]);

const environment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
  GIT_LITERAL_PATHSPECS: '1',
  HOME: '/nonexistent',
  LC_ALL: 'C',
  TZ: 'UTC',
  // As root the repository may belong to somebody else; every path is explicit, so discovery cannot be misled.
  GIT_CONFIG_COUNT: '1',
  GIT_CONFIG_KEY_0: 'safe.directory',
  GIT_CONFIG_VALUE_0: '*',
  GIT_AUTHOR_NAME: 'Hive',
  GIT_AUTHOR_EMAIL: 'hive@localhost',
  GIT_COMMITTER_NAME: 'Hive',
  GIT_COMMITTER_EMAIL: 'hive@localhost',
};

/** A process that hangs would hold a lock for ever; the first copy of a very large repository takes minutes. */
const longestMs = 30 * 60_000;

let program: Promise<{ file: string; path: string }> | undefined;

/** Where git is: asked once with the inherited PATH, the only thing that git ever inherits. */
const gitProgram = () =>
  (program ??= new Promise((resolve, reject) => {
    execFile('git', ['--exec-path'], (error, stdout) => {
      if (error) {
        program = undefined;
        reject(
          new HiveError('infra.git', 'git was not found in PATH; install git 2.32 or newer', { remedy: 'fix_config' }),
        );
        return;
      }
      const folder = stdout.trim();
      const file = join(folder, 'git');
      resolve({ file: existsSync(file) ? file : 'git', path: `${folder}:/usr/local/bin:/usr/bin:/bin` });
    });
  }));

const start = async (args: readonly string[], options: GitOptions): Promise<ChildProcess> => {
  const { file, path } = await gitProgram();
  const where = [
    ...(options.gitDir === undefined ? [] : [`--git-dir=${options.gitDir}`]),
    ...(options.workTree === undefined ? [] : [`--work-tree=${options.workTree}`]),
  ];
  return spawn(file, [...where, ...settings, ...args], {
    cwd: options.workTree ?? options.gitDir ?? '/',
    env: { ...environment, PATH: path, ...(options.index && { GIT_INDEX_FILE: options.index }), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: longestMs,
    killSignal: 'SIGKILL',
    ...options.owner,
    ...(options.signal && { signal: options.signal }),
  });
};

const finish = (child: ChildProcess, args: readonly string[], options: GitOptions) =>
  new Promise<GitResult>((resolve, reject) => {
    const out: Buffer[] = [];
    let stderr = '';
    let left = options.atMost ?? Infinity;
    child.stdout?.on('data', (chunk: Buffer) => {
      if (left > 0) out.push(chunk.subarray(0, Math.min(left, chunk.length)));
      left -= chunk.length;
      if (left <= 0) child.kill();
    });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (stderr.length < 100_000) stderr += text;
    });
    child.on('error', (cause) => reject(options.signal?.aborted ? cause : gitFailed(args, cause.message, cause)));
    child.on('close', (code, signal) => {
      const result = { code: left <= 0 ? 0 : (code ?? 128), stdout: Buffer.concat(out), stderr };
      if ((options.ok ?? [0]).includes(result.code)) resolve(result);
      else reject(gitFailed(args, stderr.trim() || `ended with ${signal ?? code}`));
    });
  });

const gitFailed = (args: readonly string[], said: string, cause?: unknown) => {
  const full = /No space left on device|ENOSPC|Disk quota exceeded/.test(said);
  const command = args.find((argument) => /^[a-z]/.test(argument)) ?? 'git';
  return new HiveError(
    full ? 'infra.disk' : 'infra.git',
    full ? `The disk is full: git ${command} could not write` : `git ${command} failed: ${said.split('\n')[0]}`,
    { remedy: 'retry', details: { args, stderr: said.slice(0, 4000) }, ...(cause !== undefined && { cause }) },
  );
};

/** Runs git once. Throws `infra.git` (or `infra.disk`) for an exit code that is not in `ok`. */
export const git = async (args: readonly string[], options: GitOptions = {}): Promise<GitResult> => {
  const child = await start(args, options);
  const done = finish(child, args, options);
  // A process that ends without reading its input answers with its exit code, not with a broken pipe.
  child.stdin?.on('error', () => undefined).end(options.input ?? '');
  return done;
};

/**
 * Like {@link git}, with input that is still arriving. It is read to its end in any case; what it throws ends the process and is thrown on.
 */
export const gitFed = async (
  args: readonly string[],
  input: AsyncIterable<Uint8Array>,
  options: GitOptions = {},
): Promise<GitResult> => {
  const child = await start(args, options);
  const [done, fed] = await Promise.allSettled([finish(child, args, options), feed(child, input)]);
  if (fed.status === 'rejected') throw fed.reason;
  if (done.status === 'rejected') throw done.reason;
  return done.value;
};

const feed = async (child: ChildProcess, input: AsyncIterable<Uint8Array>): Promise<void> => {
  const { stdin } = child;
  const closed = new Promise<void>((resolve) => stdin?.on('error', () => resolve()).once('close', resolve));
  try {
    for await (const chunk of input)
      if (stdin?.writable === true && !stdin.write(chunk))
        await Promise.race([closed, new Promise((resolve) => stdin.once('drain', resolve))]);
    stdin?.end();
  } catch (error) {
    child.kill();
    throw error;
  }
};

/** The output of {@link git} as text without the last line end. */
export const gitText = async (args: readonly string[], options: GitOptions = {}): Promise<string> =>
  (await git(args, options)).stdout.toString('utf8').replace(/\n$/, '');

/** The NUL-separated output of {@link git}. */
export const gitList = async (args: readonly string[], options: GitOptions = {}): Promise<string[]> =>
  (await git(args, options)).stdout.toString('utf8').split('\0').filter(Boolean);

/** Streams the output of one git process into another; both must end with 0. */
export const gitPipe = async (
  from: { args: readonly string[]; options: GitOptions },
  to: { args: readonly string[]; options: GitOptions },
): Promise<void> => {
  const source = await start(from.args, from.options);
  const target = await start(to.args, to.options);
  source.stdin?.on('error', () => undefined).end(from.options.input ?? '');
  target.stdin?.on('error', () => undefined);
  if (source.stdout && target.stdin) source.stdout.pipe(target.stdin);
  // Whichever ends early, the other one must not wait for it: nobody would read what it still says, or end what it reads.
  let isCutOff = false;
  for (const over of ['close', 'error'] as const) {
    target.once(over, () => {
      isCutOff ||= source.exitCode === null && source.signalCode === null;
      source.stdout?.destroy();
    });
    source.once(over, () => target.stdin?.end());
  }
  const sent = ended(source, from.args);
  const received = finish(target, to.args, to.options);
  const [first, second] = await Promise.allSettled([sent, received]);
  if (first.status === 'rejected' && !isCutOff) throw first.reason;
  if (second.status === 'rejected') throw second.reason;
};

/** For a process whose output goes elsewhere. */
const ended = (child: ChildProcess, args: readonly string[]) =>
  new Promise<void>((resolve, reject) => {
    let stderr = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (cause) => reject(gitFailed(args, cause.message, cause)));
    child.on('close', (code, signal) =>
      code === 0 ? resolve() : reject(gitFailed(args, stderr.trim() || `ended with ${signal ?? code}`)),
    );
  });
