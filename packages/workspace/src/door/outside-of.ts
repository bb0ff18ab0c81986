import picomatch from 'picomatch';

/** The paths that none of the globs cover. A glob that names a folder (`docs` or `docs/`) covers all below it. */
export const outsideOf = (paths: readonly string[], globs: readonly string[]): string[] => {
  const matches = matcherOf(globs);
  return paths.filter((path) => !matches(path));
};

/** One matcher for many globs; dot files count like any other. */
export const matcherOf = (globs: readonly string[]): ((path: string) => boolean) => {
  const patterns = globs.flatMap((glob) => {
    const clean = glob.replace(/^\.(?:\/+|$)/, '').replace(/\/+$/, '');
    if (clean !== '') return [clean, `${clean}/**`];
    // What is left empty is the folder that all is in, or names nothing in it.
    return glob.startsWith('.') ? ['**'] : [];
  });
  const tests = patterns.map((pattern) => picomatch(pattern, { dot: true, nonegate: true }));
  return (path) => tests.some((test) => test(path));
};
