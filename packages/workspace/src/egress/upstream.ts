import type { Env } from '../command/environment.ts';

/** The proxy that the user's environment names for this host, credentials included; null: none, or the host is in `no_proxy`. */
export const upstreamFor = (
  env: Env,
  target: { readonly scheme: 'http' | 'https'; readonly host: string; readonly port: number },
): URL | null => {
  const read = (name: string) => env[name] || env[name.toUpperCase()] || undefined;
  if (isExempt(read('no_proxy') ?? '', target)) return null;
  const text = read(`${target.scheme}_proxy`) ?? read('all_proxy');
  if (text === undefined) return null;
  const url = URL.parse(text.includes('://') ? text : `http://${text}`);
  // SOCKS and TLS to the proxy itself are not spoken here; who needs them names the hosts of a registry in no_proxy.
  return url?.protocol === 'http:' ? url : null;
};

const isExempt = (list: string, { host, port }: { readonly host: string; readonly port: number }): boolean =>
  list
    .toLowerCase()
    .split(/[\s,]+/)
    .filter(Boolean)
    .some((entry) => {
      const [, name = '', at] = /^\*?\.?([^:]*)(?::(\d+))?$/.exec(entry) ?? [];
      if (at !== undefined && Number(at) !== port) return false;
      return entry === '*' || (name !== '' && (host === name || host.endsWith(`.${name}`)));
    });
