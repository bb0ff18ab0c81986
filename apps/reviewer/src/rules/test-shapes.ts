/** How a language writes test cases, skips them, and asserts. Read line by line; a line counts once. */
export type TestShapes = {
  /** The name of the case is its first group that holds something. */
  readonly cases: RegExp;
  readonly skips: RegExp;
  readonly asserts: RegExp;
};

const quoted = String.raw`\s*(?:<[^>]*>\s*)?\(\s*(?:"([^"]*)"|'([^']*)'|\x60([^\x60]*)\x60)`;

const shapes: readonly (readonly [extensions: RegExp, shapes: TestShapes])[] = [
  [
    /\.[cm]?[jt]sx?$|\.(?:vue|svelte)$/,
    {
      cases: new RegExp(
        String.raw`^\s*(?:await\s+)?(?:test|it|Deno\.test|\w+\.test)(?:\.\w+)*${quoted}|^\s*\](?:\s*as const)?\)${quoted}`,
      ),
      skips:
        /\b(?:describe|test|it|suite|context|bench)(?:\.\w+)*\.(?:skip|only|todo|fixme|fails|failing)\b|^\s*(?:xit|xtest|xdescribe|fit|fdescribe|xcontext)\s*\(|\b(?:this|t|ctx|context)\.(?:skip|todo)\s*\(|\bskip:\s*true\b|\bonly:\s*true\b/,
      asserts:
        /\bexpect(?:\w*)\s*[(.<]|\bassert\w*\s*[(.]|\.should\b|\bt\.(?:is|deepEqual|equal|true|false|throws|ok|same|match)\s*\(/,
    },
  ],
  [
    /\.pyi?$/,
    {
      cases: /^\s*(?:async\s+)?def\s+(test\w*)\s*\(/,
      skips:
        /@pytest\.mark\.(?:skip|skipif|xfail)\b|\bpytest\.(?:skip|xfail|importorskip)\s*\(|@(?:unittest\.)?(?:skip|skipIf|skipUnless|expectedFailure)\b|\bself\.skipTest\s*\(|\braise\s+(?:unittest\.)?SkipTest\b|\bcollect_ignore\b/,
      asserts:
        /^\s*assert\b|\bself\.assert\w+\s*\(|\bself\.fail\w*\s*\(|\bpytest\.(?:raises|approx|warns)\b|\.assert_\w+\s*\(/,
    },
  ],
  [
    /\.go$/,
    {
      cases: /^func\s+((?:Test|Fuzz|Example)\w*)\s*\(|\bt\.Run\(\s*"([^"]*)"/,
      skips: /\b[tbf]\.Skip(?:Now|f)?\s*\(|\btesting\.Short\s*\(/,
      asserts: /\b[tbf]\.(?:Error|Fatal|Fail)\w*\s*\(|\b(?:assert|require)\.\w+\s*\(/,
    },
  ],
  [
    /\.rs$/,
    {
      cases: /^\s*(?:async\s+)?fn\s+(test\w*|\w*_test\w*)\s*\(/,
      skips: /#\[\s*ignore\b|#\[\s*cfg_attr\([^)]*\bignore\b/,
      asserts: /\b(?:debug_)?assert\w*!|\bpanic!|#\[\s*should_panic\b/,
    },
  ],
  [
    /\.(?:java|kt|kts|scala|groovy|cs|swift)$/,
    {
      cases: /\b(?:void|fun|func|def|Task)\s+(\w*[tT]est\w*|should\w+|`[^`]+`)\s*\(/,
      skips:
        /@(?:Disabled|Ignore|IgnoreRest)\b|\[\s*(?:Ignore\b|(?:Fact|Theory|Test)\s*\([^)]*\b(?:Skip|Ignore)\s*=)|\bXCTSkip\w*\b|\bAssume\.\w+\s*\(|\bassumeTrue\s*\(/,
      asserts: /\b[aA]ssert\w*\s*[(.{]|\bXCTAssert\w*\s*\(|\bverify\s*\(|\.[sS]hould\w*\b/,
    },
  ],
  [
    /\.rb$/,
    {
      cases: /^\s*(?:it|test|specify|scenario)\s*\(?\s*(?:"([^"]*)"|'([^']*)')|^\s*def\s+(test_\w+)/,
      skips:
        /^\s*(?:xit|xdescribe|xcontext|xspecify|fit|fdescribe|fcontext|pending|skip)\b|,\s*(?:skip|pending|focus)(?::|\s*=>)|,\s*:(?:skip|pending|focus)\b/,
      asserts: /\bexpect\s*[({]|\bassert\w*\b|\brefute\w*\b|\bmust_\w+|\.should\b/,
    },
  ],
  [
    /\.php$/,
    {
      cases: /\bfunction\s+(test\w+)\s*\(|^\s*(?:it|test)\s*\(\s*(?:"([^"]*)"|'([^']*)')/,
      skips: /\bmarkTest(?:Skipped|Incomplete)\s*\(|->(?:skip|only|todo)\s*\(|#\[\s*(?:RequiresPhp|Ignore)/,
      asserts: /->assert\w+\s*\(|::assert\w+\s*\(|->expect\w*\s*\(|\bexpect\s*\(/,
    },
  ],
  [
    /\.exs?$/,
    {
      cases: /^\s*test\s+"([^"]*)"/,
      skips: /@(?:module)?tag\s+:?skip\b|@(?:module)?tag\s+skip:/,
      asserts: /^\s*(?:assert|refute)\w*\b/,
    },
  ],
  [
    /\.(?:c|cc|cpp|cxx|h|hh|hpp|m|mm)$/,
    {
      cases:
        /^\s*(?:TEST|TEST_F|TEST_P|TYPED_TEST)\s*\(\s*(\w+\s*,\s*\w+)|^\s*(?:TEST_CASE|SCENARIO|SECTION)\s*\(\s*"([^"]*)"|\bvoid\s+(test_\w+)\s*\(/,
      skips: /\bDISABLED_\w+|\bGTEST_SKIP\b|\bSKIP\s*\(|\bTEST_IGNORE\w*\s*\(/,
      asserts: /\b(?:EXPECT|ASSERT|CHECK|REQUIRE|TEST_ASSERT)_?\w*\s*\(|\bassert\w*\s*\(/,
    },
  ],
  [
    /\.(?:bats|t|sh)$/,
    {
      cases: /^\s*@test\s+(?:"([^"]*)"|'([^']*)')|^\s*(test_\w+)\s*\(\)/,
      skips: /^\s*skip\b|\bplan\s+skip_all\b|\bSKIP:|\bTODO:/,
      asserts: /^\s*(?:\[\[?\s|assert\w*\b|run\b|ok\b|is\b|is_deeply\b|like\b)/,
    },
  ],
];

/** How tests are written in a file of this name; null for a language that is not known here. */
export const testShapesOf = (path: string): TestShapes | null => shapes.find(([name]) => name.test(path))?.[1] ?? null;

/** The test case that a line begins, by name; null when it begins none. Lines that nobody writes by hand are not looked at. */
export const caseIn = ({ cases }: TestShapes, line: string): string | null => {
  if (line.length > longestLine) return null;
  const [whole, ...groups] = cases.exec(line) ?? [];
  return whole === undefined ? null : (groups.find((it) => it !== undefined) ?? whole.trim());
};

const longestLine = 2000;

/** Whether a line has a shape. */
export const isIn = (shape: RegExp, line: string): boolean => line.length <= longestLine && shape.test(line);
