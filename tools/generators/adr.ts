import { adrFolder, fileName, isAdr, numberOf } from '../decision-records.ts';
import type { Files } from './files.ts';

interface Options {
  readonly title: string;
  readonly supersedes?: number;
  readonly date?: string;
}

/** `nx g @hive/tools:adr "Title"`: the next number, proposed; a record that it supersedes says so too. */
export default function addAdr(files: Files, { title, supersedes, date = today() }: Options): void {
  const present = files.children(adrFolder).filter(isAdr);
  const number = Math.max(0, ...present.map(numberOf)) + 1;
  const name = fileName(number, title);
  const old = present.find((file) => numberOf(file) === supersedes);
  if (supersedes !== undefined && !old) throw new Error(`There is no ADR ${supersedes} to supersede`);
  if (old) markSuperseded(files, old, `[${number}](${name})`);
  const link = old ? `- Supersedes: [${supersedes}](${old})\n` : '';
  files.write(
    `${adrFolder}/${name}`,
    (files.read(`${adrFolder}/template.md`, 'utf8') ?? '')
      .replace('# N. Title', `# ${number}. ${title}`)
      .replace('- Date: YYYY-MM-DD\n', `- Date: ${date}\n${link}`),
  );
}

function markSuperseded(files: Files, old: string, link: string): void {
  const path = `${adrFolder}/${old}`;
  const text = files.read(path, 'utf8') ?? '';
  files.write(path, text.replace(/^- Status: .*$/m, `- Status: Superseded by ${link}`));
}

const today = (): string => new Date().toISOString().slice(0, 10);
