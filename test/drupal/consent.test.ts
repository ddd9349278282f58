import { describe, expect, test } from 'vitest'
import { consentRequest, findConsentForm } from '../../helpers/drupal/consent.ts'
import { consentPage, loginPage } from '../support/drupal-pages.ts'
import { given } from '../second-opinion/browser.ts'

const url = 'http://127.0.0.1:8801/de/oauth/authorize?whatever'

function found(html: string) {
  const form = findConsentForm(html, url)
  if (form === null) throw new Error('no consent form')
  return form
}

describe('the consent form', () => {
  test.each([
    ['en', 'Allow', 'Deny', 'See published content'],
    ['de', 'Zulassen', 'Ablehnen', 'Veröffentlichte Inhalte & Bücher sehen'],
  ] as const)('is found on a page in %s, with its own buttons', (language, allow, deny, scope) => {
    const form = found(consentPage(language))
    expect(form.action).toBe(
      'http://127.0.0.1:8801/oauth/authorize?response_type=code&client_id=app&scope=content%3Aread&state=a%26b',
    )
    expect(form.allow).toMatchObject({ name: 'op', value: allow, selector: 'edit-submit' })
    expect(form.deny).toMatchObject({ name: 'op', value: deny, selector: 'edit-cancel' })
    expect(form.scopes).toEqual([scope, 'contract:debug'])
    expect(form.formToken).toBe('T0ken_of-the-session')
  })

  test('is found by its hidden field and the ids of its buttons when a theme drops the rest', () => {
    const bare = consentPage('en', '--Xk3')
      .replaceAll(/ data-drupal-selector="edit-(submit|cancel)"/g, '')
      .replaceAll(/ id="simple-oauth-authorize-form[^"]*"/g, '')
    const form = found(bare)
    expect([form.allow.value, form.deny?.value]).toEqual(['Allow', 'Deny'])
  })

  test('is found with a suffix at its id and without a form token', () => {
    const form = found(consentPage('en', '--2').replace(/<input[^>]*name="form_(token|id)"[^>]*>/g, ''))
    expect(form.formToken).not.toBe('')
  })

  test.each([
    ['<img src="https://cdn.example/logo.png">', ['https://cdn.example/logo.png']],
    ['<script src="//cdn.example/a.js"></script>', ['//cdn.example/a.js']],
    ['<link rel="preload stylesheet" href="http://127.0.0.1:9/a.css">', ['http://127.0.0.1:9/a.css']],
    [
      '<iframe src="http://127.0.0.1:8801/frame"></iframe><img src="/logo.svg"><img src="data:image/png;base64,AA==">',
      [],
    ],
    ['<a href="https://elsewhere.example/">terms</a><link rel="canonical" href="https://elsewhere.example/">', []],
  ])('shows what else its page loads from other servers: %s', (html, foreign) => {
    expect(found(consentPage('en').replace('</body>', `${html}</body>`)).foreign).toEqual(foreign)
  })

  test('of Simple OAuth 5.2 has no button to deny', () => {
    const form = found(consentPage('en').replaceAll('edit-cancel', 'edit-other'))
    expect([form.allow.value, form.deny]).toEqual(['Allow', null])
  })

  test.each([
    ['a login page', loginPage('en')],
    ['no page', ''],
    ['a form without a button to allow', consentPage('en').replaceAll('edit-submit', 'edit-other')],
    ['a form that is not posted', consentPage('en').replaceAll('method="post"', 'method="get"')],
    [
      'a form of a similar name',
      consentPage('en').replaceAll(/simple([-_])oauth([-_])authorize/g, 'simple$1oauth$2authorised'),
    ],
  ])('is not seen in %s', (_, html) => {
    expect(findConsentForm(html, url)).toBeNull()
  })
})

describe('the decision', () => {
  const names = (body: string | null | undefined) => [...new URLSearchParams(body ?? '')]

  test('is posted with the values of the form and of one button', () => {
    const form = found(consentPage('de'))
    const allow = consentRequest(form, form.allow)
    expect(allow).toMatchObject({ method: 'POST', url: form.action })
    expect(allow.headers).toEqual([['content-type', 'application/x-www-form-urlencoded']])
    expect(names(allow.body)).toEqual([
      ['redirect_uri', 'https://client.example.test/callback'],
      ['form_build_id', 'form-abcabcabcabcabcabcabcabcabcabcabc'],
      ['form_token', 'T0ken_of-the-session'],
      ['form_id', 'simple_oauth_authorize_form'],
      ['op', 'Zulassen'],
    ])
    expect(names(consentRequest(form, given(form.deny, 'deny button')).body).filter(([name]) => name === 'op')).toEqual(
      [['op', 'Ablehnen']],
    )
  })

  test('leaves out, replaces and adds fields', () => {
    const form = found(consentPage('en'))
    const body = consentRequest(form, form.allow, {
      form_token: null,
      redirect_uri: 'https://evil.example.test/ü',
      extra: '1',
    }).body
    expect(names(body)).toEqual([
      ['redirect_uri', 'https://evil.example.test/ü'],
      ['form_build_id', 'form-abcabcabcabcabcabcabcabcabcabcabc'],
      ['form_id', 'simple_oauth_authorize_form'],
      ['op', 'Allow'],
      ['extra', '1'],
    ])
  })
})
