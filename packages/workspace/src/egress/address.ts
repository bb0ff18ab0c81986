import { BlockList, isIPv6 } from 'node:net';

const inside = new BlockList();
for (const [net, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
  // Metadata of a cloud at a public address.
  ['168.63.129.16', 32],
] as const)
  inside.addSubnet(net, prefix, 'ipv4');

// All of IPv6 but what is routed in public, without the ranges that carry an IPv4 address.
const outside6 = new BlockList();
outside6.addSubnet('2000::', 3, 'ipv6');
for (const [net, prefix] of [
  ['2001::', 23],
  ['2002::', 16],
] as const)
  inside.addSubnet(net, prefix, 'ipv6');

/** True for an address in public: not loopback, private, link-local, shared, multicast, reserved, metadata, or an IPv4 one inside of an IPv6 one. */
export const isPublic = (address: string): boolean => {
  if (!isIPv6(address)) return !inside.check(address, 'ipv4');
  return outside6.check(address, 'ipv6') && !inside.check(address, 'ipv6');
};
