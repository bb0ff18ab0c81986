import { beginningOf } from '@hive/errors';
import { jsonSchemaOf, type Tool, type ToolCall } from '@hive/llm';
import { z } from 'zod';

const Path = z.string().min(1).max(500).describe('relative to the repository');
const Line = z.int().min(1).max(10_000_000);

/** What each tool takes. The order is that in which a model sees them, and part of the prefix that all calls share. */
const inputs = {
  list: z.object({ path: Path.optional(), depth: z.int().min(1).max(8).optional() }),
  read: z.object({ path: Path, from: Line.optional(), to: Line.optional() }),
  search: z.object({
    pattern: z.string().min(1).max(300),
    regex: z.boolean().optional().describe('the pattern is a POSIX extended regular expression; otherwise it is text'),
    path: Path.optional(),
    ignore_case: z.boolean().optional(),
  }),
  edit: z.object({ path: Path, old_text: z.string().min(1).max(200_000), new_text: z.string().max(200_000) }),
  write: z.object({ path: Path, content: z.string().max(1_000_000) }),
  delete: z.object({ path: Path }),
  check: z.object({ name: z.string().min(1).max(200) }),
  finish: z.object({ summary: z.string().min(1).max(4000) }),
  ask_for_help: z.object({ question: z.string().min(1).max(4000) }),
} as const;

type Inputs = typeof inputs;

/** A tool by name. */
export type ToolName = keyof Inputs;

/** A call of a tool whose input was understood. */
export type Call = { [N in ToolName]: { readonly name: N; readonly input: z.infer<Inputs[N]> } }[ToolName];

const descriptions: Readonly<Record<ToolName, string>> = {
  list: 'Lists files and folders below a folder (default: the repository, 2 levels). Folders end in /, links in @.',
  read: 'Shows the lines of a text file, all or from one line to another.',
  search: 'Finds lines in the files of the repository, as path:line:text.',
  edit: 'Replaces one piece of text of a file. old_text must be in the file exactly once, with its white space.',
  write: 'Writes a whole file, new or not.',
  delete: 'Removes a file.',
  check: 'Runs one of the configured checks by its name and shows its output. What it does to files is taken back.',
  finish: 'Hands in the change as it stands. Call it alone, when the checks are as they should be.',
  ask_for_help: 'Stops and asks a person, when the task cannot be done without an answer.',
};

/** The tools as a model is given them. */
export const tools: readonly Tool[] = (Object.keys(inputs) as ToolName[]).map((name) => ({
  name,
  description: descriptions[name],
  schema: jsonSchemaOf(inputs[name]),
}));

const isTool = (name: string): name is ToolName => Object.hasOwn(inputs, name);

/** Reads a call of a model. `problem` says to the model what is wrong with it. */
export const readCall = ({ name, input }: ToolCall): Call | { readonly problem: string } => {
  if (!isTool(name))
    return { problem: `There is no tool ${beginningOf(name, 60)}; there are ${Object.keys(inputs).join(', ')}` };
  const parsed = inputs[name].safeParse(input);
  // Name and input come from the same row.
  return parsed.success ? ({ name, input: parsed.data } as Call) : { problem: z.prettifyError(parsed.error) };
};
