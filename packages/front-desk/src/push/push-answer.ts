import { cleaned, flushPacket, maxPayload, packet } from '@hive/workspace';

/** How a push ended for one ref: accepted, or refused with a sentence. */
export type RefOutcome = { readonly ref: string; readonly refused: string | null };

/** Writes what `git push` reads: lines for a person on one band, and at the end what became of each ref on another. */
export type PushAnswer = {
  /** A line that git shows as `remote: …`; nothing for a git that cannot show it. */
  say(line: string): Buffer;
  /** The last bytes of the answer. `trouble`: why no object was taken. */
  end(outcomes: readonly RefOutcome[], trouble?: string | null): Buffer;
};

const [report, words] = [1, 2];

export const createPushAnswer = (capabilities: ReadonlySet<string>): PushAnswer => {
  const hasBands = capabilities.has('side-band-64k');
  // The second version only adds lines that are not written here.
  const wantsReport = capabilities.has('report-status') || capabilities.has('report-status-v2');
  const onBand = (band: number, bytes: Buffer): Buffer => packet(Buffer.concat([Buffer.from([band]), bytes]));
  return {
    say: (line) => (hasBands ? onBand(words, Buffer.from(`${clip(line)}\n`)) : Buffer.alloc(0)),
    end: (outcomes, trouble = null) => {
      const lines = [
        `unpack ${trouble === null ? 'ok' : clip(trouble)}`,
        ...outcomes.map(({ ref, refused }) => (refused === null ? `ok ${ref}` : `ng ${ref} ${clip(refused)}`)),
      ];
      const told = Buffer.concat([...lines.map((line) => packet(`${line}\n`)), flushPacket]);
      if (!wantsReport) return hasBands ? flushPacket : Buffer.alloc(0);
      if (!hasBands) return told;
      const pieces: Buffer[] = [];
      for (let at = 0; at < told.length; at += maxPayload - 1)
        pieces.push(onBand(report, told.subarray(at, at + maxPayload - 1)));
      return Buffer.concat([...pieces, flushPacket]);
    },
  };
};

const longest = 900;

/** One line, without what would move a terminal's cursor or turn its text around. */
const clip = (text: string): string => {
  const line = cleaned(text).replace(/\s+/g, ' ').trimEnd();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
};
