/**
 * The program that runs inside of the sandbox in front of a command that was granted hosts: it listens on a free port of the sandbox's own
 * loopback, passes each connection on to Hive's socket, tells the command by its environment, and ends as the command ends.
 * It is plain JavaScript for the Node that Hive runs on, which is bound read-only: nothing of the worktree or the user's PATH takes part.
 * Arguments: the folder of the socket, then the command.
 */
export const forwarder = `'use strict';
const { readFileSync } = require('node:fs');
const { connect, createServer } = require('node:net');
const { spawn } = require('node:child_process');
const [folder, file, ...args] = process.argv.slice(2);
const { token, direct } = JSON.parse(readFileSync(folder + '/told.json', 'utf8'));
const server = createServer({ allowHalfOpen: true }, (client) => {
  const hive = connect({ path: folder + '/socket', allowHalfOpen: true });
  const end = () => (client.destroy(), hive.destroy());
  client.on('error', end).on('close', end);
  hive.on('error', end).on('close', end);
  client.pipe(hive).pipe(client);
});
server.listen(0, '127.0.0.1', () => {
  const proxy = 'http://hive:' + token + '@127.0.0.1:' + server.address().port;
  const env = { ...process.env, NODE_USE_ENV_PROXY: '1', YARN_HTTP_PROXY: proxy, YARN_HTTPS_PROXY: proxy };
  for (const name of ['http_proxy', 'https_proxy', 'all_proxy']) env[name] = env[name.toUpperCase()] = proxy;
  env.no_proxy = env.NO_PROXY = direct;
  const command = spawn(file, args, { stdio: 'inherit', env });
  command.on('error', (error) => {
    process.stderr.write(error.message + '\\n');
    process.exit(127);
  });
  command.on('exit', (code, signal) => (signal ? process.kill(process.pid, signal) : process.exit(code)));
});
`;
