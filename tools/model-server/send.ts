import type { ServerResponse } from 'node:http';
import { setImmediate as tick, setTimeout as wait } from 'node:timers/promises';
import type { Frame } from './answer.ts';
import type { Fault } from './scenario.ts';

/** How a protocol writes the faults that happen inside a stream. */
export type Wire = {
  readonly contentType: string;
  readonly errorFrame: (fault: Extract<Fault, { kind: 'stream_error' }>) => string;
  readonly invalidLine: string;
  readonly unknownEvent: string;
};

/** Streams an answer, with the fault at its place. Returns when everything that will ever be sent has been sent. */
export const sendFrames = async (
  res: ServerResponse,
  frames: readonly Frame[],
  { wire, fault, gone }: { readonly wire: Wire; readonly fault: Fault | undefined; readonly gone: AbortSignal },
): Promise<void> => {
  if (fault?.kind === 'hang' && fault.after === undefined) return;
  if (fault?.kind === 'slow' && fault.at === 'headers') await pause(fault.ms, gone);
  res.writeHead(200, { 'content-type': wire.contentType });
  res.flushHeaders();

  const at = fault && 'after' in fault ? (fault.after ?? 0) : Number.POSITIVE_INFINITY;
  let sent = 0;
  for (const frame of frames) {
    if (isPlaced(fault) && frame.kind !== 'open' && (sent === at || frame.kind === 'end')) {
      if ((await strike(res, fault, frame, wire)) === 'over') return;
      fault = undefined;
    }
    if (frame.kind === 'content' && sent === 0 && fault?.kind === 'slow' && fault.at !== 'headers')
      await pause(fault.ms, gone);
    if (gone.aborted) return;
    if (fault?.kind === 'drip') await drip(res, frame.bytes);
    else res.write(frame.bytes);
    // Pieces that are written in one go may arrive as one; a turn of the loop keeps them apart.
    await tick();
    if (frame.kind === 'content') sent += 1;
  }
  res.end();
};

type Placed = Extract<Fault, { after?: number }>;
const isPlaced = (fault: Fault | undefined): fault is Placed =>
  fault !== undefined &&
  ['hang', 'cut', 'reset', 'invalid_line', 'half_line', 'unknown_event', 'stream_error'].includes(fault.kind);

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
    case 'unknown_event':
      res.write(wire.unknownEvent);
      return 'goes on';
  }
};

const pause = (ms: number, gone: AbortSignal): Promise<void> => wait(ms, undefined, { signal: gone }).catch(() => {});

const drip = async (res: ServerResponse, text: string): Promise<void> => {
  for (const byte of Buffer.from(text)) {
    res.write(Buffer.from([byte]));
    await tick();
  }
};
