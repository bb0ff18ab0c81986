import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { forward } from './forward.ts';

const run = promisify(execFile);
const ip = (args: readonly string[]) => run('ip', args);

/**
 * A network of its own on this machine, joined by one cable to another one that stands for the rest. The machine's own network stays as it is:
 * a browser that runs meanwhile would give up what it asks for at each change. Linux, root.
 */
export type Network = {
  /** The address of this machine as it is seen from inside. */
  readonly hostAddress: string;
  /** Lets a port of 127.0.0.1 be reached from inside, at {@link hostAddress}. */
  offer(port: number): Promise<void>;
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
  const [name, rest] = [`hive-${id}`, `hive-${id}-rest`];
  const [outside, inside] = [`hv${id}o`, `hv${id}i`];
  const subnet = `198.${18 + randomInt(2)}.${randomInt(256)}`;
  const quad = randomInt(64) * 4;
  const [hostAddress, address] = [`${subnet}.${quad + 1}`, `${subnet}.${quad + 2}`];
  const offers: (() => Promise<unknown>)[] = [];
  const remove = async () => {
    for (const end of offers.splice(0)) await end();
    // The cable goes with its ends.
    for (const network of [rest, name]) await ip(['netns', 'del', network]).catch(() => undefined);
  };
  try {
    for (const network of [rest, name]) {
      await ip(['netns', 'add', network]);
      await ip(['-n', network, 'link', 'set', 'lo', 'up']);
    }
    await ip(['-n', rest, 'link', 'add', outside, 'type', 'veth', 'peer', 'name', inside, 'netns', name]);
    for (const [network, end, own] of [
      [rest, outside, hostAddress],
      [name, inside, address],
    ] as const) {
      await ip(['-n', network, 'addr', 'add', `${own}/30`, 'dev', end]);
      await ip(['-n', network, 'link', 'set', end, 'up']);
    }
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    hostAddress,
    offer: async (port) => {
      const path = join(tmpdir(), `hive-${id}-${port}.sock`);
      const server = await forward({ path }, { host: '127.0.0.1', port });
      const program = [process.execPath, join(import.meta.dirname, 'forward.ts'), hostAddress, String(port), path];
      const child = spawn('ip', ['netns', 'exec', rest, ...program], { stdio: ['ignore', 'pipe', 'inherit'] });
      const exited = once(child, 'exit');
      offers.push(async () => {
        child.kill();
        await exited;
        server.close();
        await rm(path, { force: true });
      });
      await Promise.race([once(child.stdout, 'data'), exited.then(() => Promise.reject(new Error('nobody listens')))]);
    },
    spawn: (file, args, env) =>
      spawn('ip', ['netns', 'exec', name, file, ...args], { env, stdio: ['ignore', 'pipe', 'ignore'] }),
    unplug: async () => void (await ip(['-n', rest, 'link', 'set', outside, 'down'])),
    plug: async () => void (await ip(['-n', rest, 'link', 'set', outside, 'up'])),
    remove,
  };
};
