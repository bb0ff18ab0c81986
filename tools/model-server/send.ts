import type { ServerResponse } from 'node:http';
import { once } from 'node:events';
import { setImmediate as tick } from 'node:timers/promises';
import type { Frame } from './answer.ts';
import type { Fault, Raw, Reply } from './scenario.ts';

/** How a protocol writes the faults that happen inside a stream. */
export type Wire = {
  readonly contentType: string;
  readonly errorFrame: (fault: Extract<Fault, { kind: 'stream_error' }>) => string;
  readonly invalidLine: string;
  readonly unknownEvent: string;
};

/** How an answer is sent. `pause` waits, and no longer than the client stays. */
export type Sending = {
  readonly wire: Wire;
  readonly fault: Fault | undefined;
  readonly pace: Reply['pace'];
  readonly gone: AbortSignal;
  readonly pause: (ms: number) => Promise<void>;
};

/** Streams an answer, with the fault at its place. Returns when everything that will ever be sent has been sent. */
export const sendFrames = async (res: ServerResponse, frames: readonly Frame[], how: Sending): Promise<void> => {
  const { wire, pace, gone, pause } = how;
  let { fault } = how;
  if (fault?.kind === 'hang' && fault.after === undefined && fault.at === undefined) return;
  if (fault?.kind === 'slow' && fault.at === 'headers') await pause(fault.ms);
  if (gone.aborted) return;
  res.writeHead(200, { 'content-type': wire.contentType });
  res.flushHeaders();
  if (fault?.kind === 'hang' && fault.at === 'headers') return;
  if (fault?.kind === 'burst') return void res.end(frames.map(({ bytes }) => bytes).join(''));

  const at = fault && 'after' in fault ? (fault.after ?? 0) : Number.POSITIVE_INFINITY;
  let sent = 0;
  for (const frame of frames) {
    if (isPlaced(fault) && frame.kind !== 'open' && (sent === at || frame.kind === 'end')) {
      if ((await strike(res, fault, frame, wire)) === 'over') return;
      fault = undefined;
    }
    if (fault?.kind === 'endless' && frame.kind === 'end') return repeat(res, frames, gone);
    if (frame.kind === 'content') {
      if (sent === 0 && fault?.kind === 'slow' && fault.at !== 'headers') await pause(fault.ms);
      await pause((sent === 0 ? pace?.firstMs : pace?.pieceMs) ?? 0);
      sent += 1;
    }
    if (gone.aborted) return;
    if (fault?.kind === 'drip') await drip(res, frame.bytes);
    else res.write(frame.bytes);
    // Pieces that are written in one go may arrive as one; a turn of the loop keeps them apart.
    await tick();
  }
  if (fault?.kind === 'double_done') for (const { kind, bytes } of frames) if (kind === 'end') res.write(bytes);
  if (fault?.kind === 'trailing_garbage') res.write(`garbage\n\n${wire.invalidLine}`);
  res.end();
};

/** Sends what was recorded, in the pieces in which it had come. */
export const sendRaw = async (res: ServerResponse, { status, headers, pieces, cut }: Raw): Promise<void> => {
  res.writeHead(status, headers);
  for (const piece of pieces) {
    res.write(typeof piece === 'string' ? piece : Buffer.from(piece.base64, 'base64'));
    await tick();
  }
  if (!cut) return void res.end();
  await tick();
  res.socket?.resetAndDestroy();
};

type Placed = Extract<Fault, { after?: number }>;
const isPlaced = (fault: Fault | undefined): fault is Placed =>
  fault !== undefined &&
  ['hang', 'cut', 'reset', 'invalid_line', 'invalid_utf8', 'half_line', 'unknown_event', 'stream_error'].includes(
    fault.kind,
  );

const strike = async (res: ServerResponse, fault: Placed, frame: Frame, wire: Wire): Promise<'over' | 'goes on'> => {
  switch (fault.kind) {
    case 'hang':
      return 'over';
    case 'cut':
      res.end();
      return 'over';
    case 'half_line':
      res.end(frame.bytes.slice(0, Math.ceil(frame.bytes.length / 2)));
      return 'over';
    case 'reset':
      // What was written has to leave first, or the reset overtakes it.
      await tick();
      res.socket?.resetAndDestroy();
      return 'over';
    case 'stream_error':
      res.end(wire.errorFrame(fault));
      return 'over';
    case 'invalid_line':
      res.write(wire.invalidLine);
      return 'goes on';
    case 'invalid_utf8':
      res.write(Buffer.concat([Buffer.from(frame.bytes.slice(0, -2)), Buffer.from([0xc3, 0x28, 0x0a, 0x0a])]));
      return 'goes on';
    case 'unknown_event':
      res.write(wire.unknownEvent);
      return 'goes on';
  }
};

const repeat = async (res: ServerResponse, frames: readonly Frame[], gone: AbortSignal): Promise<void> => {
  const again = frames
    .filter(({ kind }) => kind === 'content')
    .map(({ bytes }) => bytes)
    .join('');
  while (!gone.aborted && again !== '') {
    if (!res.write(again)) await once(res, 'drain', { signal: gone }).catch(() => {});
    await tick();
  }
};

const drip = async (res: ServerResponse, text: string): Promise<void> => {
  for (const byte of Buffer.from(text)) {
    res.write(Buffer.from([byte]));
    await tick();
  }
};
