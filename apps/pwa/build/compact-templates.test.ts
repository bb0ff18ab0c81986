import { expect, test } from 'vitest';
import { compactTemplates } from './compact-templates.ts';

const compact = (code: string): string => {
  const { transform } = compactTemplates() as { transform(code: string, id: string): { code: string } | null };
  return transform(code, '/src/a.ts')?.code ?? code;
};

test('a sheet keeps its rules and their order, without comments and blanks', () => {
  const code =
    'const s = css`\n  /* Why. */\n  :host {\n    color: red;\n  }\n  a:hover {\n    color: light-dark(#fff, #000);\n  }\n`;';
  expect(compact(code)).toBe('const s = css`:host{color:red}a:hover{color:light-dark(#fff,#000)}`;');
});

test('what is escaped in a sheet means the same afterwards', () => {
  // The sign itself, or its number.
  const sign = compact('const s = css`a::before { content: "\\\\201c"; }`;');
  expect(sign).toMatch(/^const s = css`a:before\{content:"(“|\\\\201c)"\}`;$/);
  expect(compact('const s = css`a { background: url("x\\`y") }`;')).toContain('x\\`y');
});

test('a sheet with expressions loses only its indentation', () => {
  expect(compact('css`\n  :host {\n    inline-size: ${n}px;\n  }\n`;')).toBe(
    'css`\n:host {\ninline-size: ${n}px;\n}\n`;',
  );
});

test('markup keeps one line break where there was one, and its words and expressions', () => {
  const code = 'html`<p>\n    One ${two}\n\n    three <b>four</b>  five\n  </p>`;';
  expect(compact(code)).toBe('html`<p>\nOne ${two}\nthree <b>four</b>  five\n</p>`;');
});

test('templates within templates are compact too, and other texts stay as they are', () => {
  const code =
    'const a = html`<ul>\n  ${list.map((it) => html`<li>\n    ${it}\n  </li>`)}\n</ul>`; const b = `\n  b\n`;';
  expect(compact(code)).toBe(
    'const a = html`<ul>\n${list.map((it) => html`<li>\n${it}\n</li>`)}\n</ul>`; const b = `\n  b\n`;',
  );
});

test('a sheet that is none ends the build', () => {
  expect(() => compact('css`a { color: red; } }`;')).toThrow();
});
