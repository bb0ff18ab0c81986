import { git, gitFed } from '../git/git.ts';
import { flushPacket, packet, packetsOf } from './pkt-line.ts';
import type { PushCommand } from './push-request.ts';
import type { Quarantine } from './open-quarantine.ts';

/** What a repository tells `git push` before anything is sent: what it can, and which commits need not come. `protocol` is git's own header. */
export const advertise = async ({ gitDir }: Quarantine, protocol: string | undefined): Promise<Uint8Array> => {
  const version = /^version=[01]$/.exec(protocol ?? '')?.[0];
  const { stdout } = await git(['receive-pack', '--stateless-rpc', '--advertise-refs', gitDir], {
    ...(version !== undefined && { env: { GIT_PROTOCOL: version } }),
  });
  return stdout;
};

/** How the objects of a push arrived: null, or a sentence why git does not take them. */
export type Unpacked = { readonly trouble: string | null; readonly refused: ReadonlyMap<string, string> };

/**
 * Lets git take the objects of a push, with all its checks. Refs get names of the quarantine's own, so that what the pusher calls them is
 * never a name in a repository. `refused` is by the pushed ref.
 */
export const receivePack = async (
  { gitDir }: Quarantine,
  {
    commands,
    pack,
    signal,
  }: {
    readonly commands: readonly PushCommand[];
    readonly pack: AsyncIterable<Uint8Array>;
    readonly signal: AbortSignal;
  },
): Promise<Unpacked> => {
  const zeros = '0'.repeat(commands[0]?.to.length ?? 40);
  const head = [
    ...commands.map(({ to }, index) =>
      packet(`${zeros} ${to} refs/pushed/${index}${index === 0 ? '\0 report-status quiet' : ''}`),
    ),
    flushPacket,
  ];
  const input = (async function* () {
    yield* head;
    yield* pack;
  })();
  const { stdout, stderr } = await gitFed(['receive-pack', '--stateless-rpc', gitDir], input, {
    signal,
    ok: [0, 1, 128],
  });
  const lines = (await packetsOf(stdout)).map((line) => line.toString('utf8').trim());
  if (lines[0] !== 'unpack ok') return { trouble: whyNot(stderr, lines[0]), refused: new Map() };
  const refused = lines.flatMap((line): [string, string][] => {
    const [, index, why] = /^ng refs\/pushed\/(\d+) (.*)$/.exec(line) ?? [];
    return index === undefined ? [] : [[commands[Number(index)]?.ref ?? '', why ?? '']];
  });
  return { trouble: null, refused: new Map(refused) };
};

const whyNot = (stderr: string, told: string | undefined): string => {
  const large = /exceeds maximum allowed size/.test(stderr);
  if (large) return `The push is larger than ${packLimitText}; push fewer commits, or leave large files out`;
  const object = /^(?:remote: )?error: (object .*)$/m.exec(stderr)?.[1];
  if (object !== undefined) return `git's own check refuses ${object}`;
  const fatal = /^(?:remote: )?(?:fatal|error): (.*)$/m.exec(stderr)?.[1];
  return `git does not take the pushed objects: ${fatal ?? told ?? 'it ended without a word'}`;
};

const packLimitText = '256 MB';
