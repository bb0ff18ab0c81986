import type { TaskStory, WorkflowStory } from './workflow-story.ts';

const moduleOf = ({ key }: TaskStory): string => `src/${key}.js`;
const callOf = ({ key }: TaskStory): string => key.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** The change of a task, as git writes it: a module that is edited in two places, and a test that is new. */
export const patchText = (task: TaskStory): string => {
  if (task.patch !== undefined) return task.patch;
  const [file, call] = [moduleOf(task), callOf(task)];
  return `diff --git a/${file} b/${file}
index 3f1c2aa..9b0e7d1 100644
--- a/${file}
+++ b/${file}
@@ -1,8 +1,9 @@
 import { pad } from './pad.js';
+import { CalendarError } from './calendar-error.js';
 
 /**
- * ${task.title}.
+ * ${task.title}, or say what is wrong with the text.
  */
 export function ${call}(text) {
   const parts = text.split('-');
@@ -21,7 +22,8 @@ export function ${call}(text) {
   const year = Number(parts[0]);
   const month = Number(parts[1]);
   const day = Number(parts[2]);
-  return new Date(year, month - 1, day);
+  if (day > lastDayOf(year, month)) throw new CalendarError(\`no such day: \${text}\`);
+  return new Date(Date.UTC(year, month - 1, day));
 }
 
 export const ${call}All = (texts) => texts.map(${call});
diff --git a/test/${task.key}.test.js b/test/${task.key}.test.js
new file mode 100644
index 0000000..5d2f8e0
--- /dev/null
+++ b/test/${task.key}.test.js
@@ -0,0 +1,7 @@
+import test from 'node:test';
+import assert from 'node:assert/strict';
+import { ${call} } from '../${file}';
+
+test('${call} refuses what the calendar does not have', () => {
+  assert.throws(() => ${call}('2023-02-29'), /no such day/);
+});
`;
};

type Run = { readonly on: string; readonly name: string; readonly exit: number; readonly ms: number };

/** What a check printed, with the colours of a terminal. */
export const checkOutput = (task: TaskStory, { on, name, exit, ms }: Run): string =>
  task.output !== undefined
    ? task.output
    : name === 'lint'
      ? `eslint: 41 files, 0 problems (${ms} ms)\n`
      : [
          `> ${task.key}@1.0.0 test (${on})`,
          ...Array.from({ length: 12 }, (_, n) => `\u001b[32m✔\u001b[39m calendar ${n + 1} (0.4ms)`),
          exit === 0
            ? `\u001b[32m✔\u001b[39m ${callOf(task)} refuses what the calendar does not have (1.1ms)`
            : `\u001b[31m✖\u001b[39m ${callOf(task)} refuses what the calendar does not have (1.3ms)\n  AssertionError: Missing expected exception.\n      at test/${task.key}.test.js:6:10`,
          `ℹ tests 13\nℹ pass ${exit === 0 ? 13 : 12}\nℹ fail ${exit === 0 ? 0 : 1}\nℹ duration_ms ${ms}`,
          '',
        ].join('\n');

/** The plan of a workflow, in short. */
export const planText = ({ goal, tasks }: WorkflowStory): string =>
  `${JSON.stringify({ goal, tasks: tasks.map(({ key, title, needs = [] }) => ({ key, title, needs })) }, null, 2)}\n`;

/** What a model was asked, and what it answered. */
export const promptText = (task: TaskStory): string => `Task: ${task.title}\nFiles: ${moduleOf(task)}\n`;
export const replyText = (task: TaskStory): string =>
  JSON.stringify({
    text: 'I refuse days that do not exist and build dates in UTC.',
    toolCalls: [
      { id: '1', name: 'read', input: { path: moduleOf(task), from: 1, to: 40 } },
      {
        id: '2',
        name: 'edit',
        input: { path: moduleOf(task), old_text: 'new Date(year', new_text: 'new Date(Date.UTC(year' },
      },
      { id: '3', name: 'check', input: { name: 'test' } },
    ],
  });
