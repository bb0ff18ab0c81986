import { beginningOf } from '@hive/errors';
import type { Language } from './language.ts';
import { inString } from './mask.ts';

/** One line: as it is, as {@link mask} sees it, whether a statement may begin here, the few lines before it, and the two lines after it. */
export type Line = {
  readonly code: string;
  readonly seen: string;
  readonly isStatement: boolean;
  readonly before: string;
  readonly next: string;
  readonly after: string;
};

/** The line with a mistake, and what was done, for people. */
export type Mistake = { readonly to: string; readonly what: string };

/** From here to there the line reads otherwise. */
type Edit = { readonly from: number; readonly to: number; readonly by: string };

type Rule = (line: Line, language: Language) => readonly Edit[];

/** All mistakes of a line, the likeliest to be noticed first, no two the same. */
export const mistakesIn = (line: Line, language: Language): Mistake[] => {
  const mistakes = new Map<string, Mistake>();
  for (const rule of rules)
    for (const { from, to, by } of rule(line, language)) {
      const changed = line.code.slice(0, from) + by + line.code.slice(to);
      const was = line.code.slice(from, to).trim();
      const what = `${short(was) || 'nothing'} becomes ${short(by.trim()) || 'nothing'}`;
      if (changed !== line.code && !mistakes.has(changed)) mistakes.set(changed, { to: changed, what });
    }
  return [...mistakes.values()];
};

const short = (text: string): string => (text.length > 60 ? `${beginningOf(text, 57)}...` : text);

/** Every place where the pattern's first group, or all of it, becomes something else; `by` answers null to leave it. */
const swap =
  (pattern: RegExp, by: (found: string, line: Line) => string | null | undefined): Rule =>
  (line) =>
    [...line.seen.matchAll(pattern)].flatMap((match) => {
      const found = match[1] ?? match[0];
      const from = match.index + (match[1] === undefined ? 0 : match[0].indexOf(match[1]));
      const text = by(found, line);
      return text === null || text === undefined ? [] : [{ from, to: from + found.length, by: text }];
    });

const only =
  (families: readonly Language['family'][], rule: Rule): Rule =>
  (line, language) =>
    families.includes(language.family) ? rule(line, language) : [];

const code: readonly Language['family'][] = ['script', 'typed', 'python', 'ruby'];

const named = (words: Readonly<Record<string, string>>) => (found: string) => words[found];

const opposite = named({
  '==': '!=',
  '===': '!==',
  '!=': '==',
  '!==': '===',
  '<': '>=',
  '>': '<=',
  '<=': '>',
  '>=': '<',
});
const edge = named({ '<': '<=', '>': '>=', '<=': '<', '>=': '>' });
const isHeading = (line: Line) =>
  /^\s*(?:class|import|from|use|using|template|#\s*include|package|require)\b/.test(line.seen);

const comparison = /(?<![=!<>+\-*/%&|^~:?])(===|!==|==|!=|<=|>=)(?![=>])|(?<=\s)(?:<|>)(?=\s)/g;
const compared = (by: (found: string) => string | undefined): Rule =>
  only(
    code,
    swap(comparison, (found, line) => (isHeading(line) ? null : by(found))),
  );

/** Where the equal case has been left above, `<` and `<=` are the same. */
const edges: Rule = (line, language) =>
  compared((found) => edge(found))(line, language).filter(({ from, to }) => {
    const [left, right] = [
      /[\w.[\]()]+\s*$/.exec(line.seen.slice(0, from)),
      /^\s*[\w.[\]()]+/.exec(line.seen.slice(to)),
    ];
    const above = line.before.replace(/\s+/g, '');
    const operands = [left?.[0].trim().replace(/^\(/, ''), right?.[0].trim().replace(/[)]$/, '')] as const;
    const isLeft = /\b(?:return|break|continue|throw|raise|else|elif|case|switch)\b/.test(
      `${line.before} ${line.seen}`,
    );
    const isMet = ['==', '==='].some((is) => above.includes(`${operands[0]}${is}${operands[1]}`));
    const isKnown = operands[0] !== undefined && operands[1] !== undefined;
    return !(isKnown && ((isMet && isLeft) || takes(line, operands as readonly [string, string])));
  });

/** Whether this looks for a largest or smallest: `if a > b {`, and all that follows is one taking the value of the other, the same when they are equal. */
const takes = ({ seen, next, after }: Line, [left, right]: readonly [string, string]): boolean => {
  const alone =
    /^\s*if\s*\(?([^&|]*?)\)?\s*(?:[{:].*)?$/.exec(seen) ?? /^\s*if\s[^;]*;\s*([^&|{]*?)\s*\{\s*$/.exec(seen);
  const assigned = next.replace(/\s|;$/g, '');
  // Whatever else happens there tells the equal case.
  return alone !== null && after === '}' && (assigned === `${left}=${right}` || assigned === `${right}=${left}`);
};

const inBrackets = (line: Line) => /(?:^|\s)(?:\[\[?|test)\s/.test(line.seen);
const shellComparison = only(
  ['shell'],
  swap(/(?<=\s)(-eq|-ne|-lt|-le|-gt|-ge|-z|-n|==|!=|=)(?=\s)/g, (found, line) =>
    inBrackets(line)
      ? named({
          '-eq': '-ne',
          '-ne': '-eq',
          '-lt': '-ge',
          '-le': '-gt',
          '-gt': '-le',
          '-ge': '-lt',
          '-z': '-n',
          '-n': '-z',
          '=': '!=',
          '==': '!=',
          '!=': '=',
        })(found)
      : null,
  ),
);

const arithmetic: Rule = (line, language) => {
  if (isHeading(line) || (language.family === 'shell' && !line.seen.includes('(('))) return [];
  const by = named({ '+': '-', '-': '+', '*': '/', '/': '*', '%': '*', '+=': '-=', '-=': '+=', '*=': '+=', '//': '*' });
  const spaced = swap(/(?<=[\w)\]"'`] )([+\-*/%]|\/\/|[+\-*]=)(?= )/g, by);
  const tight = swap(/(?<=[\w)\]])([+])(?=[\w(])/g, by);
  const steps = swap(/(?<=\w)(\+\+|--)(?=\s*[;)])/g, named({ '++': '--', '--': '++' }));
  return [...spaced(line, language), ...tight(line, language), ...steps(line, language)];
};

const negated: Rule = (line, language) => {
  if (language.family === 'python')
    return whole(/^(\s*(?:el)?if |\s*while )(.+?)(\s*:\s*)$/, line, (it) => `not (${it})`);
  if (language.family === 'shell') return swap(/(?<=\b(?:if|elif|while|until) )(?!! )/g, () => '! ')(line, language);
  if (language.family === 'ruby')
    return swap(/(?:^|\s)(if|unless)(?=\s)/g, named({ if: 'unless', unless: 'if' }))(line, language);
  if (language.bareConditions)
    return whole(/^(\s*(?:\}\s*else\s+)?if\s+)((?!let\b)[^;{]+?)(\s*\{\s*)$/, line, (it) => `!(${it})`);
  return [...line.seen.matchAll(/\b(?:if|while)\s*\(/g)].flatMap((match) => {
    const from = match.index + match[0].length;
    const to = closing(line.seen, from);
    return to === null ? [] : [{ from, to, by: `!(${line.code.slice(from, to)})` }];
  });
};

/** The middle group of a pattern of three, as the line has it, by something else. */
const whole = (pattern: RegExp, { seen, code }: Line, by: (middle: string) => string): Edit[] => {
  const match = pattern.exec(seen);
  if (match?.[1] === undefined || match[2] === undefined) return [];
  const from = match.index + match[1].length;
  const to = from + match[2].length;
  return [{ from, to, by: by(code.slice(from, to)) }];
};

/** Where the parenthesis ends that was opened before `from`; null when it does not in this line. */
const closing = (seen: string, from: number): number | null => {
  let depth = 1;
  for (let at = from; at < seen.length; at++) {
    if (seen[at] === '(') depth++;
    if (seen[at] === ')' && --depth === 0) return at;
  }
  return null;
};

const isBalanced = (text: string): boolean => {
  let depth = 0;
  for (const char of text) {
    if ('([{'.includes(char)) depth++;
    if (')]}'.includes(char) && --depth < 0) return false;
  }
  return depth === 0;
};

const returned: Rule = (line, language) => {
  if (language.family === 'shell')
    return swap(/\b(?:return|exit) (\d+)\b/g, (found) => (found === '0' ? '1' : '0'))(line, language);
  const { worthless } = language;
  if (worthless === null) return [];
  return swap(/\breturn\s+(?!(?:if|unless)\b)([^;{}]+?)\s*(?:[;}]|$|\s(?:if|unless)\s)/g, (found) => {
    return isBalanced(found) && found !== worthless && !/[,\\]$/.test(found) ? worthless : null;
  })(line, language);
};

const assignment = /^[\w.$*]+(?:\[[^\]]*\])*\s*(?:[+\-*/%|&^]|\/\/|\|\||&&|<<|>>)?=(?![=>])\s*\S.*$/;
const call = /^(?:await\s+)?[\w.$:]+[!?]?(?:\[[^\]]*\])*\(.*\)$/;
const keyword =
  /^(?:if|else|elif|elsif|then|fi|for|foreach|while|until|do|done|case|esac|switch|match|function|def|class|return|exit|local|export|set|source|import|from|with|try|except|catch|finally|yield|throw|raise|assert|super|defer|go|unless|end|begin|when)\b/;

const removed: Rule = ({ code, seen, isStatement, next }, language) => {
  const statement = seen.trim().replace(/;$/, '');
  if (!isStatement || keyword.test(statement) || !isBalanced(statement) || /^[.?+\-*/&|]/.test(next)) return [];
  const simple = language.family === 'shell' && /^[a-z_][\w.-]*(?:=|\s).*[^\\{(&|;]$/i.test(statement);
  const ends = language.family !== 'typed' || language.bareConditions || seen.trimEnd().endsWith(';');
  if (/\.(?:Grow|reserve|reserve_exact|shrink_to_fit|ensureCapacity|trimToSize)\(/.test(statement)) return [];
  if (!simple && !(language.family !== 'shell' && ends && (assignment.test(statement) || call.test(statement))))
    return [];
  return [{ from: code.length - code.trimStart().length, to: code.trimEnd().length, by: language.nothing }];
};

/** What a caller is told beside an error in Go means nothing. */
const besideError = /\breturn\b.*,\s*(?:err\w*|&?\w*(?:errors\.New|Errorf|Err\w*|Error\{).*)$/;

/** How much room is made is not seen of what is in it. */
const room = /\bmake\([^()]*,[^()]*,\s*\d+\)|\b(?:with_capacity|ensureCapacity|reserve|reserve_exact|Grow)\(\d+\)/g;

const constants: Rule = (line, language) =>
  isHeading(line) || (language.bareConditions && besideError.test(line.seen.trimEnd()))
    ? []
    : numbers(line, language).filter(
        ({ to }) => ![...line.seen.matchAll(room)].some(({ 0: made, index }) => to === index + made.length - 1),
      );

const numbers: Rule = swap(/(?<![\w.$#&<>-])(\d{1,15})(?![\w.<>])/g, (found) => String(Number(found) + 1));

/** Words for people: about an error, or into a log. What a program does is the same with others. */
const isMessage =
  /\b(?:throw|raise|panic|expect|unreachable)\b|\b\w*(?:Error|Exception)\s*\(|\b(?:errors\.New|Errorf|Fatalf?|console\.(?:debug|error|warn)|log(?:ger|ging)?\.\w+)\s*\(/;

const strings: Rule = (line, language) => {
  const alone = new RegExp(`^\\W*${inString}+\\W*$`).test(line.seen.trim());
  if (isHeading(line) || alone || isMessage.test(line.seen) || /\brequire\(|\bimport\(/.test(line.seen)) return [];
  return swap(new RegExp(`(?<=["'\`])(${inString}+)(?=["'\`])`, 'g'), () => '')(line, language);
};

/** In this order each line is tried. */
const rules: readonly Rule[] = [
  compared(opposite),
  shellComparison,
  swap(/(?<=\s)(&&|\|\|)(?=\s)/g, named({ '&&': '||', '||': '&&' })),
  only(['python', 'ruby'], swap(/(?<=\s)(and|or)(?=\s)/g, named({ and: 'or', or: 'and' }))),
  negated,
  arithmetic,
  returned,
  swap(
    /(?<![\w.])(true|false|True|False)(?!\w)/g,
    named({ true: 'false', false: 'true', True: 'False', False: 'True' }),
  ),
  removed,
  constants,
  edges,
  only(['python'], swap(/\s(is not|not in|is)(?=\s)/g, named({ 'is not': 'is', 'not in': 'in', is: 'is not' }))),
  only(
    ['python'],
    swap(/\b(not )(?!in\b)/g, () => ''),
  ),
  only(
    ['script', 'typed', 'ruby'],
    swap(/(?<![\w)\]!])(!)(?=[\w(])/g, () => ''),
  ),
  strings,
];
