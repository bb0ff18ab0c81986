import { expect, test } from 'vitest';
import { inlineTests, withInlineTests } from './inline-tests.ts';

const found = (text: string) => inlineTests('src/lib.rs', text).map(([from, to]) => text.slice(from, to));

const tests = `#[cfg(test)]
mod tests {
    use super::*;
    #[test]
    fn braces_in_words() {
        assert_eq!(quote('{'), "}{ \\" }"); // }
        assert_eq!(raw(), r#"} " {"#);
    }
}`;

test.each([
  ['a module', `pub fn quote(c: char) -> String { c.to_string() }\n\n${tests}\n\nfn later() {}\n`, [tests]],
  [
    'one with other attributes and words about it',
    `fn a() {}\n/// Of a.\n/// More.\n#[allow(dead_code)]\n#[cfg(all(test, unix))]\nmod more { fn b() { if x { } } }\nfn c() {}`,
    ['/// Of a.\n/// More.\n#[allow(dead_code)]\n#[cfg(all(test, unix))]\nmod more { fn b() { if x { } } }'],
  ],
  [
    'a module in a file of its own, and a use',
    '#[cfg(test)]\nmod tests;\n#[cfg(test)] use std::fmt::{self, Debug};\nfn a() {}',
    ['#[cfg(test)]\nmod tests;', '#[cfg(test)] use std::fmt::{self, Debug};'],
  ],
  [
    'a constant with a length',
    '#[cfg(test)]\nconst SEEDS: [u8; 3] = [1, 2, 3];\nfn a() {}',
    ['#[cfg(test)]\nconst SEEDS: [u8; 3] = [1, 2, 3];'],
  ],
  [
    'a constant of braces, and a constant function',
    '#[cfg(test)]\npub(crate) const A: i32 = if B { 1 } else { 2 };\n#[cfg(test)]\nconst fn c() -> i32 { 3 }\nfn d() {}',
    ['#[cfg(test)]\npub(crate) const A: i32 = if B { 1 } else { 2 };', '#[cfg(test)]\nconst fn c() -> i32 { 3 }'],
  ],
  [
    'nothing that only speaks of tests',
    'fn a() { /* #[cfg(test)] mod x {} */ let s = "#[cfg(test)] mod y {}"; }\n#[cfg(feature = "test")]\nfn b() {}',
    [],
  ],
  ['nothing inside of an item', "impl<'a> A<'a> {\n    #[cfg(test)]\n    fn b(&'a self) -> char { '}' }\n}\n", []],
  ['what is not closed up to the end', '#[cfg(test)]\nmod tests { fn a() {', ['#[cfg(test)]\nmod tests { fn a() {']],
])('among the code of a Rust file stands %s', (_, text, expected) => {
  expect(found(text)).toEqual(expected);
});

test('of other languages nothing is told', () => {
  expect(inlineTests('src/lib.c', tests)).toEqual([]);
});

test('the tests of the head go to the code of the base, instead of its own', () => {
  const base = `pub fn one() -> i32 { 1 }\n\n#[cfg(test)]\nmod tests { #[test] fn one() {} }\n\npub fn last() {}\n`;
  const head = `pub fn one() -> i32 { 1 }\npub fn two() -> i32 { 2 }\n\n${tests}\n\npub fn last() {}\n`;
  expect(withInlineTests('src/lib.rs', base, head)).toBe(
    `pub fn one() -> i32 { 1 }\n\n\n\npub fn last() {}\n\n${tests}\n`,
  );
  expect(withInlineTests('src/lib.rs', base, base.replace('{ 1 }', '{ 2 }'))).toBeNull();
  expect(withInlineTests('src/lib.rs', 'fn a() {}\n', `fn a() { b() }\n${tests}`)).toBe(`fn a() {}\n\n${tests}\n`);
});
