import { expect, test } from 'vitest';
import { makeMutants, spread } from './make-mutants.ts';

/** Every line of the text in each of its wrong forms. */
const wrong = (path: string, text: string): string[] =>
  makeMutants(
    path,
    text,
    text.split('\n').map((_, index) => index + 1),
  )
    .flat()
    .map((mutant) => mutant.text.split('\n')[mutant.line - 1] ?? '');

test.each([
  [
    'a.py',
    'if a == b and c < 3:',
    [
      'if a != b and c < 3:',
      'if a == b and c >= 3:',
      'if a == b or c < 3:',
      'if not (a == b and c < 3):',
      'if a == b and c < 4:',
      'if a == b and c <= 3:',
    ],
  ],
  [
    'a.py',
    '    return x + 1  # x - 1',
    ['    return x - 1  # x - 1', '    return None  # x - 1', '    return x + 2  # x - 1'],
  ],
  ['a.py', 'total += count(1)', ['total -= count(1)', 'pass', 'total += count(2)']],
  ['a.py', 'x = y if not done else "off"', ['pass', 'x = y if done else "off"', 'x = y if not done else ""']],
  [
    'a.ts',
    'if (a >= b || !ok) return `x < ${y}`;',
    [
      'if (a < b || !ok) return `x < ${y}`;',
      'if (a >= b && !ok) return `x < ${y}`;',
      'if (!(a >= b || !ok)) return `x < ${y}`;',
      'if (a >= b || !ok) return undefined;',
      'if (a > b || !ok) return `x < ${y}`;',
      'if (a >= b || ok) return `x < ${y}`;',
      'if (a >= b || !ok) return ``;',
    ],
  ],
  ['a.ts', 'const f = (x: Map<string, number>) => x.size; // a < b', []],
  [
    'a.js',
    "s = t.replace(/a == b/g, '') && true;",
    ["s = t.replace(/a == b/g, '') || true;", "s = t.replace(/a == b/g, '') && false;", ''],
  ],
  ['a.go', 'if n != 0 {', ['if n == 0 {', 'if !(n != 0) {', 'if n != 1 {']],
  ['a.go', 'total = total * 2', ['total = total / 2', '', 'total = total * 3']],
  [
    'a.rs',
    "fn f<'a>(x: &'a str) -> usize { x.len() + 1 }",
    ["fn f<'a>(x: &'a str) -> usize { x.len() - 1 }", "fn f<'a>(x: &'a str) -> usize { x.len() + 2 }"],
  ],
  ['a.rs', 'println!("{}", a); // b == c', ['', 'println!("", a); // b == c']],
  [
    'A.java',
    'while (i < n) { i++; }',
    ['while (i >= n) { i++; }', 'while (!(i < n)) { i++; }', 'while (i < n) { i--; }', 'while (i <= n) { i++; }'],
  ],
  ['a.c', 'return a - b; /* a + b */', ['return a + b; /* a + b */', 'return 0; /* a + b */']],
  [
    'a.rb',
    'return nil unless x == 1',
    ['return nil unless x != 1', 'return nil if x == 1', 'return nil unless x == 2'],
  ],
  [
    'a.sh',
    'if [ "$#" -eq 0 ]; then # -ne',
    [
      'if [ "$#" -ne 0 ]; then # -ne',
      'if ! [ "$#" -eq 0 ]; then # -ne',
      'if [ "$#" -eq 1 ]; then # -ne',
      'if [ "" -eq 0 ]; then # -ne',
    ],
  ],
  ['a.sh', 'echo $((a + b)) > out', ['echo $((a - b)) > out', ':']],
  ['a.txt', 'a == b', []],
] as const)('%s: %s', (path, line, expected) => expect(wrong(path, line).sort()).toEqual([...expected].sort()));

test('comments, docstrings, here documents and what is inside of brackets are left alone', () => {
  expect(wrong('a.py', '"""\nreturn 1 + 1\n"""')).toEqual([]);
  expect(wrong('a.js', '/*\n a == b\n*/')).toEqual([]);
  expect(wrong('a.sh', 'cat <<EOF\nif [ 1 -eq 1 ]\nEOF')).toEqual([':']);
  expect(wrong('a.py', 'f(\n    a=g(),\n)')).toEqual([]);
  expect(wrong('a.py', '# a == b\nimport a1')).toEqual([]);
});

test('what cannot change what a program does is no mistake', () => {
  const [met, left] = ['if (list[m] === v) return m;', 'if (list[m] < v) low = m;'];
  expect(wrong('a.js', `${met}\n${left}`)).not.toContain('if (list[m] <= v) low = m;');
  expect(wrong('a.js', `${met}\n${left}`)).toContain('if (list[m] >= v) low = m;');
  expect(wrong('a.js', `if (list[m] === w) return m;\n${left}`)).toContain('if (list[m] <= v) low = m;');
  expect(wrong('a.js', `if (list[m] === v) n += 1;\n${left}`)).toContain('if (list[m] <= v) low = m;');
  expect(wrong('a.go', 'case list[m] == key:\n\treturn m\ncase list[m] < key:')).not.toContain('case list[m] <= key:');
  expect(wrong('a.js', "throw new TypeError('expected a text');")).toEqual([]);
  expect(wrong('a.py', 'raise ValueError("no")')).toEqual([]);
  expect(wrong('a.py', 'name = "no"')).toContain('name = ""');
  expect(wrong('a.js', "console.log('out');")).toContain("console.log('');");
  expect(wrong('a.go', 'return 0, errors.New("only positive")')).toEqual([]);
  expect(wrong('a.go', 'return 0, nil')).toEqual(['return 1, nil']);
  expect(wrong('a.go', 'out.Grow(len(text))')).toEqual([]);
});

test('only the named lines are changed, and the first tries are spread over them', () => {
  const text = 'a = 1\nb = 2 + 3\nc = 4\nd = 5\n';
  const byLine = makeMutants('a.py', text, [2, 4]);
  expect(byLine.map((mutants) => mutants[0]?.line)).toEqual([2, 4]);
  const order = spread(makeMutants('a.py', text, [1, 2, 3, 4]));
  expect(
    order
      .slice(0, 4)
      .map(({ line }) => line)
      .sort(),
  ).toEqual([1, 2, 3, 4]);
  expect(order[0]).toMatchObject({ path: 'a.py', what: expect.stringMatching(/ becomes /) as string });
});

test('the equal case of a look for the largest is the same, unless something else happens there', () => {
  const edge = (path: string, text: string) =>
    wrong(path, text).filter((line) => /[<>]=/.test(line) && line.includes('if'));
  const largest = (more: string) => `  if d > best {\n    best = d\n${more}`;
  const opposite = '  if d <= best {';
  expect(edge('a.go', largest('  }'))).toEqual([opposite]);
  expect(edge('a.go', '  if d := f(x); d > best {\n    best = d\n  }')).toEqual(['  if d := f(x); d <= best {']);
  expect(edge('a.java', '  if (d < best) {\n    best = d;\n  }')).toEqual(['  if (d >= best) {']);
  expect(edge('a.go', largest('    at = i\n  }'))).toEqual([opposite, '  if d >= best {']);
  expect(edge('a.go', largest('  } else {'))).toEqual([opposite, '  if d >= best {']);
});

test('how much room is made is not seen', () => {
  const numbers = (path: string, text: string) => wrong(path, text).filter((line) => /\d/.test(line));
  expect(numbers('a.go', 'x := f(make([]int, 0, 8))')).toEqual(['x := f(make([]int, 1, 8))']);
  expect(numbers('a.go', 'x := f(make([]int, 8))')).toEqual(['x := f(make([]int, 9))']);
  expect(numbers('a.rs', 'let mut out = Vec::with_capacity(4);')).toEqual([]);
});
