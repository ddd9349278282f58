import { load } from 'cheerio'
import { expect, test } from 'vitest'
import { parsePage, readForm, submission } from '../../helpers/drupal/forms.ts'

function read(html: string, url = 'https://site.example.test/de/page?x=1#top') {
  const $ = load(html)
  return readForm($, $('form').first(), url)
}

test('fields are those a browser sends', () => {
  const form = read(`<form method=POST id=f>
    <input name=plain value="a &amp; b"><input value=nameless><input name="" value=empty>
    <input type=checkbox name=unchecked value=1><input type=checkbox name=checked value=1 checked>
    <input type=radio name=choice value=a><input type=radio name=choice value=b checked>
    <input name=off value=1 disabled><input type=file name=file><input type=reset name=reset value=r>
    <select name=select><option value=1>one<option value=2 selected>two</select>
    <textarea name=text>line
two</textarea>
    <input type=submit name=op value=Go><button name=b value=2>B</button><button type=button name=not>Not</button>
    <input type=submit name=op value=Disabled disabled>
  </form><input form=f name=outside value=o><input name=stranger value=s>`)
  expect(form.method).toBe('post')
  expect(form.fields).toEqual([
    ['plain', 'a & b'],
    ['checked', '1'],
    ['choice', 'b'],
    ['select', '2'],
    ['text', 'line\r\ntwo'],
    ['outside', 'o'],
  ])
  expect(form.buttons.map(({ name, value }) => [name, value])).toEqual([
    ['op', 'Go'],
    ['b', '2'],
  ])
})

test.each([
  ['<form>', 'https://site.example.test/de/page?x=1'],
  ['<form action="">', 'https://site.example.test/de/page?x=1'],
  ['<form action="?y=2">', 'https://site.example.test/de/page?y=2'],
  ['<form action=" /user/login#a ">', 'https://site.example.test/user/login'],
  ['<form action="//evil.example.test/">', 'https://evil.example.test/'],
  ['<form action="http://[">', 'about:blank'],
])('the address of %s is absolute', (html, action) => {
  expect(read(html).action).toBe(action)
})

test('a form inside a form is not a separate form, as in a browser', () => {
  const form = read('<form id=outer><input name=a value=1><form id=inner><input name=b value=2></form></form>')
  expect(form.fields).toEqual([
    ['a', '1'],
    ['b', '2'],
  ])
})

test('a page of endless nesting has no form, and does not hold up the run', () => {
  const deep = (depth: number) => parsePage(`${'<div>'.repeat(depth)}<form>`)('form').length
  expect([deep(1_000), deep(200_000)]).toEqual([1, 0])
})

test('end tags in the wrong place hide no nesting', () => {
  expect(parsePage(`<form>${'<i><div></i>'.repeat(5_000)}`)('form').length).toBe(0)
  expect(parsePage(`<form>${'<i><br></i><img>'.repeat(4_000)}`)('form').length).toBe(1)
})

test('a form without a button is submitted without one, repeated names kept', () => {
  const form = read('<form method=post><input name=a value=1><input name=a value=2>')
  expect(submission(form, null).body).toBe('a=1&a=2')
  expect(submission(form, null, { a: 'ä b' }).body).toBe('a=%C3%A4+b')
})
