/** Shapes of keys that their issuers made to be found, each with its name. Long and exact, so that ordinary code has none. */
const shapes: readonly (readonly [name: string, shape: RegExp])[] = [
  ['a private key', /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----[\s\S]{40}/],
  ['a key of Anthropic', /\bsk-ant-[A-Za-z0-9_-]{20,}/],
  ['a key of OpenAI', /\bsk-(?:proj-|svcacct-|admin-)?[A-Za-z0-9]{32,}/],
  ['a token of GitHub', /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{60,})/],
  ['a token of GitLab', /\bglpat-[A-Za-z0-9_-]{20,}/],
  ['a key of AWS', /\b(?:AKIA|ASIA)(?![A-Z0-9]*EXAMPLE)[A-Z2-7]{16}\b/],
  ['a key of Google', /\bAIza[A-Za-z0-9_-]{35}/],
  ['a token of Slack', /\bxox[abeoprs]-[A-Za-z0-9-]{20,}/],
  ['a key of Stripe', /\b[rs]k_live_[A-Za-z0-9]{20,}/],
  ['a token of npm', /\bnpm_[A-Za-z0-9]{36}/],
  ['a token of PyPI', /\bpypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{40,}/],
  ['a token of Hugging Face', /\bhf_[A-Za-z0-9]{34}/],
];

/** What kind of key a text holds; null when it holds none of a known shape. Passwords have no shape and are not found. */
export const findSecret = (text: string): string | null => shapes.find(([, shape]) => shape.test(text))?.[0] ?? null;
