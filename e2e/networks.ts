import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ip = (args: readonly string[]) => run('ip', args);

/** A network of its own on this machine, joined to the rest by one cable. Linux, root. */
export type Network = {
  /** The address of this machine as it is seen from inside. */
  readonly hostAddress: string;
  /** Starts a program inside. */
  spawn(file: string, args: readonly string[], env: Readonly<Record<string, string | undefined>>): ChildProcess;
  /** Pulls the cable: packets are lost, and nobody is told. */
  unplug(): Promise<void>;
  plug(): Promise<void>;
  /** Takes all of it away again; what runs inside must have ended. */
  remove(): Promise<void>;
};

/** Why there can be no networks here; null when there can. */
export const whyNoNetworks = async (): Promise<string | null> => {
  if (process.platform !== 'linux') return 'network namespaces are a thing of Linux';
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  try {
    const probe = await makeNetwork();
    await probe.remove();
    return null;
  } catch (error) {
    return `network namespaces are refused here: ${error instanceof Error ? error.message.split('\n').at(0) : String(error)}`;
  }
};

/** Makes a network. Addresses come from a range for tests of networks (RFC 2544), by chance, so that several runs get along. */
export const makeNetwork = async (): Promise<Network> => {
  const id = randomInt(0x10000).toString(16).padStart(4, '0');
  const name = `hive-${id}`;
  const [outside, inside] = [`hv${id}o`, `hv${id}i`];
  const subnet = `198.${18 + randomInt(2)}.${randomInt(256)}`;
  const quad = randomInt(64) * 4;
  const [hostAddress, address] = [`${subnet}.${quad + 1}`, `${subnet}.${quad + 2}`];
  const remove = async () => {
    // The other end of the cable goes with it.
    await ip(['link', 'del', outside]).catch(() => undefined);
    await ip(['netns', 'del', name]);
  };
  await ip(['netns', 'add', name]);
  try {
    await ip(['link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', name]);
    await ip(['addr', 'add', `${hostAddress}/30`, 'dev', outside]);
    await ip(['link', 'set', outside, 'up']);
    await ip(['-n', name, 'addr', 'add', `${address}/30`, 'dev', inside]);
    await ip(['-n', name, 'link', 'set', inside, 'up']);
    await ip(['-n', name, 'link', 'set', 'lo', 'up']);
  } catch (error) {
    await remove().catch(() => undefined);
    throw error;
  }
  return {
    hostAddress,
    spawn: (file, args, env) =>
      spawn('ip', ['netns', 'exec', name, file, ...args], { env, stdio: ['ignore', 'pipe', 'ignore'] }),
    unplug: async () => void (await ip(['link', 'set', outside, 'down'])),
    plug: async () => void (await ip(['link', 'set', outside, 'up'])),
    remove,
  };
};
