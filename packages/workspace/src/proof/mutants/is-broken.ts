/** What compilers and parsers say about a text that is no program. */
const complaints: readonly RegExp[] = [
  /^\s*(?:SyntaxError|IndentationError|TabError)\b/m, // python, node, ruby
  /\[build failed\]|: syntax error:|declared and not used|^\S+\.go:\d+:\d+: (?:undefined|missing return|invalid operation|cannot use)/m,
  /^error(?:\[E\d+\])?: .*\n\s+--> /m, // rustc
  /error TS\d+:/,
  /^\S+\.(?:java|kt|scala|cs|c|cc|cpp|cxx|h|hpp|m|swift)(?::\d+)+:? (?:fatal )?error:? /m,
  /\.cs\(\d+,\d+\): error /,
  /: line \d+: syntax error|: \d+: Syntax error:/, // shells
  /syntax error, unexpected|PHP Parse error/,
];

/** True for the output of a red check that was red because the program could not even be built or read. */
export const isBroken = (output: string): boolean => complaints.some((pattern) => pattern.test(output));
