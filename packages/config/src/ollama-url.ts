import { HiveError } from '@hive/errors';

/**
 * The address that OLLAMA_HOST means, read as Ollama reads it: a scheme and a port may be missing, and an address to listen on
 * (`0.0.0.0`) is reached on loopback.
 */
export const ollamaUrl = (host: string | undefined): string => {
  const text = (host?.trim() || '127.0.0.1:11434').replace(/^:(?=\d)/, '127.0.0.1:');
  const url = URL.parse(/^https?:\/\//.test(text) ? text : `http://${text}`);
  if (!url)
    throw new HiveError('config.invalid', `OLLAMA_HOST is ${text}; it has to be host:port or an address`, {
      remedy: 'fix_config',
    });
  if (!/^https?:\/\//.test(text) && url.port === '' && !/:80$/.test(text)) url.port = '11434';
  if (url.hostname === '0.0.0.0' || url.hostname === '[::]') url.hostname = '127.0.0.1';
  return url.href.replace(/\/+$/, '');
};
