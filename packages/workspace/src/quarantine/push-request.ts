import { HiveError } from '@hive/errors';
import type { PacketReader } from './pkt-line.ts';

/** One thing that a push asks for: `ref` shall stand at `to`. */
export type PushCommand = { readonly ref: string; readonly from: string; readonly to: string };

/** What stands before the pack in a push. */
export type PushRequest = {
  readonly commands: readonly PushCommand[];
  readonly capabilities: ReadonlySet<string>;
  /** What `git push -o` says. */
  readonly options: readonly string[];
};

/** Commands, shallow commits and options are this many bytes at most. */
export const requestLimit = 256 * 1024;

/** Reads it, and leaves the reader at the pack. Without commands it is git's question whether it may push at all. */
export const readPushRequest = async (reader: PacketReader): Promise<PushRequest> => {
  const commands: PushCommand[] = [];
  let capabilities = new Set<string>();
  for (let line = await reader.next(); line !== null; line = await reader.next()) {
    const text = line.toString('utf8');
    const end = text.indexOf('\0');
    if (end >= 0)
      capabilities = new Set(
        text
          .slice(end + 1)
          .trim()
          .split(/\s+/),
      );
    const said = (end < 0 ? text : text.slice(0, end)).replace(/\n$/, '');
    // Where the history of a shallow clone ends is nothing to go by: the user's repository has what is before, or git says what is missing.
    if (!/^shallow [0-9a-f]{40,64}$/.test(said)) commands.push(commandOf(said));
  }
  const options: string[] = [];
  if (capabilities.has('push-options'))
    for (let line = await reader.next(); line !== null; line = await reader.next())
      options.push(line.toString('utf8').replace(/\n$/, ''));
  return { commands, capabilities, options };
};

const commandOf = (said: string): PushCommand => {
  const [, from, to, ref] =
    /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) (refs\/[^\s\0]+)$/.exec(said) ?? [];
  if (from !== undefined && to !== undefined && ref !== undefined) return { from, to, ref };
  throw new HiveError(
    'input.invalid',
    'The push asks for something that Hive does not know: only plain branches are taken',
  );
};
