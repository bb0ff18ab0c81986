import { HiveError } from '@hive/errors';

/**
 * Parses the address of a model's server. Plain HTTP is for this machine and private networks only: anywhere else the prompt could be read on the way.
 * A name (other than localhost) cannot be judged here; `names: 'resolve'` lets it pass for callers that judge the resolved address.
 * Throws `config.invalid`.
 */
export const parseEndpoint = (text: string, { names }: { readonly names: 'refuse' | 'resolve' }): URL => {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol))
    throw invalid(`"${text}" is no http or https address of a model's server`);
  if (url.username !== '' || url.password !== '')
    throw invalid(`The address of ${url.host} must not contain a user or password`);
  if (url.protocol === 'https:' || isPrivateAddress(url.hostname)) return url;
  if (names === 'resolve' && isName(url.hostname)) return url;
  throw plainHttpRefused(url.host);
};

/** The refusal of plain HTTP to an address that is not private. */
export const plainHttpRefused = (host: string): HiveError =>
  invalid(`Plain http goes to this machine and private networks only; use https for ${host}`);

const invalid = (message: string) => new HiveError('config.invalid', message, { remedy: 'fix_config' });

const isName = (host: string): boolean => !host.startsWith('[') && !/^[\d.]+$/.test(host);

/** True for localhost and for loopback, private, link-local and carrier-grade addresses (which VPNs use), IPv4 or IPv6, with or without brackets. */
export const isPrivateAddress = (host: string): boolean => {
  const address = host.toLowerCase().replace(/^\[|\]$/g, '');
  if (address === 'localhost' || address === '::1') return true;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1];
  const [a, b] = (/^(\d+)\.(\d+)\.\d+\.\d+$/.exec(mapped ?? address)?.slice(1) ?? []).map(Number);
  if (a === undefined || b === undefined) return /^(f[cd][0-9a-f]{2}|fe[89ab][0-9a-f]):/.test(address);
  return (
    a === 127 ||
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    (a === 100 && b >= 64 && b <= 127)
  );
};
