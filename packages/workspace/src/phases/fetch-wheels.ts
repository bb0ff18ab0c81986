/**
 * The program that fetches for pip what a call of `pip install` will want, as wheels only, so that nothing of it runs; it reads lists and takes
 * names and versions from them and leaves out addresses and folders. `look` asks the repository's own packages what they need, which runs their build,
 * and writes that down for another `fetch`. Python without anything but pip. Arguments: `fetch` or `look`, and what is wanted as JSON.
 */
export const fetchWheels = `
import json, os, re, subprocess, sys
from pip._vendor.packaging.requirements import InvalidRequirement, Requirement
try:
    import tomllib
except ImportError:
    from pip._vendor import tomli as tomllib

verb, wanted = sys.argv[1], json.loads(sys.argv[2])
wheels, looked = wanted['wheels'], wanted['looked']
own = [re.fullmatch(r'(.*?)(?:\\[([^\\]]*)\\])?', word).groups() for word in wanted['own']]


def plain(text, extras=()):
    """A requirement by name and version, without its marker; None where it is an address or not for here."""
    try:
        one = Requirement(text)
    except InvalidRequirement:
        return None
    if one.url or (one.marker and not any(one.marker.evaluate({'extra': extra}) for extra in ['', *extras])):
        return None
    one.marker = None
    return str(one)


def listed(path, constraints, seen):
    """The requirements of a list and of those that it names; its constraints go to the other list."""
    path = os.path.normpath(path)
    if path in seen or not os.path.isfile(path):
        return []
    seen.add(path)
    found = []
    with open(path, encoding='utf-8-sig', errors='replace') as file:
        lines = re.sub(r'\\\\\\n', ' ', file.read()).splitlines()
    for line in lines:
        line = re.sub(r'(^|\\s)#.*', '', line).strip()
        named = re.match(r'(-r|--requirement|-c|--constraint)[\\s=]*(.+)', line)
        if named:
            inner = listed(os.path.join(os.path.dirname(path), named[2].strip()), constraints, seen)
            (found if 'r' in named[1].lstrip('-')[:1] else constraints).extend(inner)
        elif line and not line.startswith('-'):
            one = plain(re.split(r'\\s--', line)[0])
            if one:
                found.append(one)
    return found


def builders(folder):
    """What has to be there to build a folder, and its dependencies where its manifest has them; None: only its build knows."""
    try:
        with open(os.path.join(folder, 'pyproject.toml'), 'rb') as file:
            manifest = tomllib.load(file)
    except (OSError, ValueError):
        manifest = {}
    needs = manifest.get('build-system', {}).get('requires') or ['setuptools', 'wheel']
    # What these ask for when they are asked to install a folder as it stands.
    if any(re.match(r'(hatchling|pdm-backend)\\b', need) for need in needs):
        needs = [*needs, 'editables']
    project = manifest.get('project')
    if not project or {'dependencies', 'optional-dependencies'} & set(project.get('dynamic', [])):
        return needs, None
    return needs, (project.get('dependencies', []), project.get('optional-dependencies', {}))


if verb == 'look':
    found = []
    for folder, extras in own:
        if builders(folder)[1] is not None:
            continue
        report = looked + '.json'
        asked = ['install', '-q', '--dry-run', '--ignore-installed', '--no-deps', '--no-index', '--find-links', wheels]
        subprocess.run([*wanted['pip'], *asked, '--report', report, folder], check=True)
        with open(report) as file:
            for one in json.load(file)['install']:
                found += [plain(text, (extras or '').split(',')) for text in one['metadata'].get('requires_dist', [])]
    with open(looked, 'w') as file:
        file.write('\\n'.join(one for one in found if one))
    sys.exit()

constraints, names = [], [one for one in map(plain, wanted['names']) if one]
for path in wanted['lists']:
    names += listed(path, constraints, set())
for path in wanted['constraints']:
    constraints += listed(path, constraints, set())
for folder, extras in own:
    needs, known = builders(folder)
    needs = list(needs)
    if known:
        needs += known[0]
        for extra in (extras or '').split(','):
            needs += known[1].get(extra, [])
    names += [one for one in (plain(need, (extras or '').split(',')) for need in needs) if one]
os.makedirs(wheels, exist_ok=True)
if os.path.exists(looked):
    names += listed(looked, [], set())
limits = os.path.join(wheels, 'constraints.txt')
with open(limits, 'w') as file:
    file.write('\\n'.join(constraints))
if names:
    asked = ['download', '-q', '--only-binary', ':all:', '--dest', wheels, '-c', limits]
    sys.exit(subprocess.run([*wanted['pip'], *asked, *dict.fromkeys(names)]).returncode)
`;
