import { expect, test } from 'vitest';
import { flushPacket, packet, packetsOf, readPackets } from './pkt-line.ts';
import { readPushRequest, requestLimit } from './push-request.ts';

async function* byteByByte(bytes: Buffer) {
  await Promise.resolve();
  for (const byte of bytes) yield Buffer.from([byte]);
}

const [old, sha] = ['0'.repeat(40), 'a'.repeat(40)];

test('a request is read packet by packet, however it is cut, and the pack is left as it is', async () => {
  const bytes = Buffer.concat([
    packet(`shallow ${sha}`),
    packet(`${old} ${sha} refs/for/main\0 report-status push-options`),
    packet(`${old} ${sha} refs/for/a b`.replace(' b', '-b')),
    flushPacket,
    packet('check=npm test'),
    flushPacket,
    Buffer.from('PACK \x00 200'),
  ]);
  const reader = readPackets(byteByByte(bytes), requestLimit);
  const request = await readPushRequest(reader);
  expect(request).toEqual({
    commands: [
      { ref: 'refs/for/main', from: old, to: sha },
      { ref: 'refs/for/a-b', from: old, to: sha },
    ],
    capabilities: new Set(['report-status', 'push-options']),
    options: ['check=npm test'],
  });
  expect(Buffer.concat(await Array.fromAsync(reader.rest())).toString()).toBe('PACK \x00 200');
});

test('a packet carries what was put in', async () => {
  expect(await packetsOf(Buffer.concat([packet('one'), packet('\n'), flushPacket]))).toEqual([
    Buffer.from('one'),
    Buffer.from('\n'),
  ]);
});

test.each([
  ['no digits', 'zzzz'],
  ['too short', '0003'],
  ['cut off', '0032abc'],
  ['half a length', '00'],
  ['a command without a ref', packet(`${old} ${sha} main`)],
  ['a certificate', packet('push-cert\0')],
  ['too much', Buffer.concat(Array.from({ length: 5 }, () => packet('x'.repeat(60_000))))],
])('%s is no push', async (_, bytes) => {
  const whole = (async function* () {
    await Promise.resolve();
    yield Buffer.from(bytes as string);
  })();
  const reading = readPushRequest(readPackets(whole, 100_000));
  await expect(reading).rejects.toMatchObject({ code: 'input.invalid' });
});
