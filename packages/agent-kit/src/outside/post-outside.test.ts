import { expect, test } from 'vitest';
import { NotPosted, postOutside } from './post-outside.ts';

const asked: string[] = [];
const refusal = async (url: string, addresses: readonly string[] = ['203.0.113.1'], localHosts: string[] = []) => {
  const resolve = (host: string) => {
    asked.push(host);
    return Promise.resolve(addresses);
  };
  try {
    await postOutside({ url, headers: {}, body: '', localHosts, resolve, timeoutMs: 50 });
    return 'posted';
  } catch (error) {
    if (!(error instanceof NotPosted)) throw error;
    return `${error.kind}: ${error.message}`;
  }
};

test('only HTTPS on its ports leaves, to public addresses and without a password', async () => {
  expect(await refusal('http://example.org/')).toMatch(/^refused: only HTTPS/);
  expect(await refusal('https://example.org:22/')).toMatch(/^refused: port 22/);
  expect(await refusal('https://u:p@example.org/')).toMatch(/^refused: an address with a password/);
  expect(await refusal('nonsense')).toMatch(/^refused: it is no address/);
  for (const inside of ['127.0.0.1', '10.0.0.1', '169.254.169.254', '::1', '::ffff:127.0.0.1', 'fd00::1', '100.64.0.1'])
    expect(await refusal('https://example.org/', ['203.0.113.1', inside]), inside).toMatch(/^refused: .* not public/);
  for (const literal of ['https://127.0.0.1/', 'https://[::1]/', 'https://2130706433/', 'https://0x7f.1/'])
    expect(await refusal(literal), literal).toMatch(/^refused: .* not public/);
});

test('a name is resolved once, and a host that was named may be inside', async () => {
  asked.length = 0;
  expect(await refusal('http://nas.lan:9/', ['127.0.0.1'], ['nas.lan'])).toMatch(/^failed/);
  expect(asked).toEqual(['nas.lan']);
});
