import type { OpenOptions } from '../open-store.ts';
import { createContentHash, pagesOf, partsOf, type ContentPage } from './content.ts';
import { artefactsOf, auditFilesOf, withFile, type HomeFile } from './files.ts';
import { formatVersion, type Header, type Trailer } from './format.ts';
import { assertOwnHome, inSession, type Session } from './session.ts';
import { writeLines, type Lines } from './write-file.ts';

/** What a backup holds, or what was restored from one. */
export type BackupSummary = {
  readonly file: string;
  readonly bytes: number;
  readonly schema: number;
  /** The moment of the copy, by the clock of the database. */
  readonly at: string;
  readonly rows: Readonly<Record<string, number>>;
  readonly artefacts: number;
  /** Artefacts that are left out, for their content is not what their name says: their paths below the home. */
  readonly damaged: readonly string[];
  /** The SHA-256 of the store's content: equal for equal stores, whatever their database. */
  readonly content: string;
};

/**
 * Copies one moment of a store that may be running into one file that either database can be restored from: the log in its order, the rows
 * beside it, artefacts, and the checkpoints of the audit. Needs memory for a page of rows, not for the store.
 * Throws `input.invalid` (the name is taken, no folder), `config.invalid` (the store of another home), `infra.disk`, `store.unavailable`, `store.newer`; then no file is left.
 */
export const backupStore = async (
  options: OpenOptions,
  { file, version }: { readonly file: string; readonly version: string },
): Promise<BackupSummary> => {
  const { home } = options;
  const audit = await auditFilesOf(home);
  return inSession(options, 'read', async (session) => {
    await assertOwnHome(session, home);
    const header = await headerOf(session, version);
    let trailer: Trailer | undefined;
    let damaged: readonly string[] = [];
    const bytes = await writeLines(file, async (lines) => {
      await lines.write(line(header));
      const content = await writeContent(session, lines);
      // Artefacts are stored before the event that names them, so those of this moment are there by now.
      const attested = await writeFiles(home, audit, lines);
      const artefacts = await writeFiles(home, await artefactsOf(home), lines);
      damaged = artefacts.damaged;
      const counted = { files: attested.written + artefacts.written, artefacts: artefacts.written };
      trailer = { end: true, ...content, ...counted, sha256: lines.sha256() };
      await lines.write(line(trailer));
    });
    if (!trailer) throw new Error('a backup was written without its end'); // cannot be: it is written last
    const { rows, artefacts = 0, content } = trailer;
    return { file, bytes, schema: header.schema, at: header.at, rows, artefacts, damaged, content };
  });
};

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

const headerOf = async (session: Session, version: string): Promise<Header> => {
  const { on, run, schema } = session;
  const [clock] = await run(`select ${on.clock} as now`);
  const tables: Header['tables'][number][] = [];
  for (const { table, columns } of partsOf(session)) {
    const but = table.name === 'meta' ? ` where key not in ('schema', 'home')` : '';
    const [counted] = await run(`select count(*) as many from "${table.name}"${but}`);
    tables.push({ name: table.name, columns, rows: Number(counted?.['many']) });
  }
  return {
    hive: 'backup',
    format: formatVersion,
    schema,
    version,
    database: on.name,
    at: clock?.['now'] as string,
    tables,
  };
};

const writeContent = async (
  session: Session,
  { write }: Lines,
): Promise<Pick<Trailer, 'rows' | 'ascending' | 'content'>> => {
  const hash = createContentHash();
  const rows: Record<string, number> = {};
  let last = 0;
  let ascending = true;
  for (const part of partsOf(session)) {
    const { name } = part.table;
    rows[name] = 0;
    hash.part(part);
    await write(line({ table: name }));
    for await (const page of pagesOf(session, part)) {
      hash.page(page);
      rows[name] += page.lines.length;
      for (const position of page.positions) {
        ascending &&= position > last;
        last = position;
      }
      if (page.lines.length > 0) await write(`${linesOf(page).join('\n')}\n`);
    }
  }
  return { rows, ascending, content: hash.hex() };
};

/** An event's line begins with its position, which is no part of the content. */
const linesOf = ({ lines, positions }: ContentPage): readonly string[] =>
  positions.length === 0 ? lines : lines.map((text, at) => `[${positions[at]},${text.slice(1)}`);

/** Answers how many were written, and which ones were not because their content is not what their name says. */
const writeFiles = async (
  home: string,
  files: readonly HomeFile[],
  { write }: Lines,
): Promise<{ readonly written: number; readonly damaged: readonly string[] }> => {
  const damaged: string[] = [];
  let written = 0;
  for (const file of files)
    await withFile(home, file, async ({ path, isWhole, pieces }) => {
      if (!isWhole) return damaged.push(path);
      await write(line({ file: path }));
      for await (const piece of pieces()) await write(line(piece));
      return (written += 1);
    });
  return { written, damaged };
};
