/** One turn of what a model was asked: who speaks, of which files, and what. */
export type PromptTurn = { readonly who: string; readonly of: readonly string[]; readonly text: string };

type Loose = Readonly<Record<string, unknown>>;

const list = (it: unknown): readonly Loose[] =>
  Array.isArray(it) ? it.filter((one): one is Loose => typeof one === 'object' && one !== null) : [];
const word = (it: unknown): string => (typeof it === 'string' ? it : '');

const callWords = (call: Loose): string => `${word(call['name'])} ${JSON.stringify(call['input'] ?? {})}`;

const turn = (who: string, parts: readonly Loose[], calls: readonly Loose[] = []): PromptTurn => ({
  who,
  of: [...new Set(parts.map(({ from }) => word((from as Loose | undefined)?.['path'])).filter(Boolean))],
  text: [...parts.map(({ text }) => word(text)), ...calls.map(callWords)].join('\n'),
});

/** The recorded request of a call, turn by turn; null where it is not one that this version can read. */
export const promptOf = (json: string): readonly PromptTurn[] | null => {
  try {
    const request: unknown = JSON.parse(json);
    const { system, messages } = (typeof request === 'object' && request !== null ? request : {}) as Loose;
    const turns = list(messages).map((it) => {
      const who = it['role'] === 'tool' ? `tool ${word(it['name'])}` : word(it['role']);
      return turn(who, list(it['parts']), list(it['toolCalls']));
    });
    const rules = list(system);
    const all = [...(rules.length === 0 ? [] : [turn('system', rules)]), ...turns];
    return all.length === 0 ? null : all;
  } catch {
    return null;
  }
};
