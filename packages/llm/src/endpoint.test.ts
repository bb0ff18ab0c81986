import { expect, test } from 'vitest';
import { isPrivateAddress, parseEndpoint } from './index.ts';

test.each([
  'localhost',
  '127.0.0.1',
  '127.9.9.9',
  '10.1.2.3',
  '172.16.0.1',
  '172.31.255.1',
  '192.168.0.5',
  '169.254.1.1',
  '100.64.0.1',
  '::1',
  '[::1]',
  'fd12::1',
  'fe80::1',
  '::ffff:10.0.0.1',
])('%s is private', (host) => expect(isPrivateAddress(host)).toBe(true));
test.each([
  '8.8.8.8',
  '172.15.0.1',
  '172.32.0.1',
  '100.63.0.1',
  '100.128.0.1',
  '192.169.0.1',
  '2001:db8::1',
  'example.com',
  '10.example.com',
  'fd.example.com',
  '::ffff:8.8.8.8',
  '127.0.0.1.example.com',
])('%s is not', (host) => expect(isPrivateAddress(host)).toBe(false));

test('https goes anywhere; a name over http only where its address will be judged', () => {
  expect(parseEndpoint('https://api.example.com', { names: 'refuse' }).host).toBe('api.example.com');
  expect(parseEndpoint('http://walnut:11434', { names: 'resolve' }).host).toBe('walnut:11434');
  expect(() => parseEndpoint('http://walnut:11434', { names: 'refuse' })).toThrow('use https for walnut:11434');
  // The parser of addresses turns spellings of an address into one.
  expect(parseEndpoint('http://0x7f.1:11434', { names: 'refuse' }).hostname).toBe('127.0.0.1');
  expect(() => parseEndpoint('http://134744072/', { names: 'resolve' })).toThrow('Plain http');
});
