import type { OptionSpec } from '../command.ts';

/** The options that `run` and `submit` share. */
export const submitOptions: readonly OptionSpec[] = [
  { flags: '--repo <dir>', says: 'the git repository (default: the one that this folder is in)' },
  { flags: '--base <ref>', says: 'what the change is based on' },
  { flags: '--check <command>', says: 'a command that proves the change; may be given several times', many: true },
  { flags: '--setup <command>', says: 'installs what the checks need' },
  { flags: '--plan <file>', says: 'a plan file (YAML or JSON) instead of a plan by a model' },
  {
    flags: '--red-before <needed>',
    says: 'not-needed: no check has to be red without the change (documents, refactoring)',
  },
  { flags: '--into <branch>', says: 'also move this branch of yours along, on top of what others put there' },
  { flags: '--model <ref>', says: 'the model that works, for example ollama:qwen3-coder:30b or claude:NAME' },
  { flags: '--local-only', says: 'no model outside of this machine and its boxes' },
  { flags: '--budget <limit>', says: 'at most this much for models, for example 5usd or 200k (tokens)' },
  {
    flags: '--until <time>',
    says: 'begin no call to a model after it: +8h, 07:00 or 2030-01-31T07:00:00Z; then it is paused, and waits for you',
  },
  { flags: '--reserve <share>', says: "leave so much of a plan's window to people, for example 30%" },
  { flags: '--priority <number>', says: 'from -100 to 100: higher begins first (default: 0)' },
  { flags: '--pass-env <name>', says: 'a variable that checks may see; may be given several times', many: true },
  { flags: '--dedupe <key>', says: 'unique in its repository: nothing new while another one with this key is open' },
  { flags: '--dedupe-window <time>', says: 'nor for so long after that one was handed in, for example 30m, 1h or 7d' },
  {
    flags: '--on-duplicate <mode>',
    says: 'keep the other one (default), replace it, or debounce: replace it unless it has begun',
  },
  { flags: '--detach', says: 'return as soon as it is accepted' },
];
