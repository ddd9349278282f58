/** Pages as Drupal 10 prints them, in two languages. Not one word of them may matter. */

const words = {
  en: {
    search: 'Search',
    name: 'Username',
    password: 'Password',
    logIn: 'Log in',
    grant: 'Grant Access to Client',
    lead: 'You are allowing',
    allow: 'Allow',
    deny: 'Deny',
    scope: 'See published content',
  },
  de: {
    search: 'Suchen',
    name: 'Benutzername',
    password: 'Passwort',
    logIn: 'Anmelden',
    grant: 'Zugriff für Client gewähren',
    lead: 'Sie erlauben',
    allow: 'Zulassen',
    deny: 'Ablehnen',
    scope: 'Veröffentlichte Inhalte &amp; Bücher sehen',
  },
} as const

export type Language = keyof typeof words

function page(language: Language, content: string): string {
  const w = words[language]
  return `<!DOCTYPE html>
<html lang="${language}" dir="ltr" prefix="og: https://ogp.me/ns#">
  <head><meta charset="utf-8" /><title>${w.grant} | Contract</title></head>
  <body>
    <form action="/search/node" method="get" id="search-block-form" accept-charset="UTF-8">
      <input title="${w.search}" data-drupal-selector="edit-keys" type="search" id="edit-keys" name="keys" value="" size="15" maxlength="128" class="form-search" />
      <input data-drupal-selector="edit-submit" type="submit" id="edit-submit" value="${w.search}" class="button js-form-submit form-submit" />
    </form>
    <main>${content}</main>
  </body>
</html>`
}

export function loginPage(language: Language, action = '/user/login'): string {
  const w = words[language]
  return page(
    language,
    `<form class="user-login-form" data-drupal-selector="user-login-form" action="${action}" method="post" id="user-login-form" accept-charset="UTF-8">
  <div class="js-form-item form-item"><label for="edit-name" class="js-form-required form-required">${w.name}</label>
    <input autocorrect="none" autocapitalize="none" spellcheck="false" autocomplete="username" data-drupal-selector="edit-name" type="text" id="edit-name" name="name" value="" size="60" maxlength="60" class="form-text required" required="required" aria-required="true" /></div>
  <div class="js-form-item form-item"><label for="edit-pass" class="js-form-required form-required">${w.password}</label>
    <input autocomplete="current-password" data-drupal-selector="edit-pass" type="password" id="edit-pass" name="pass" size="60" maxlength="128" class="form-text required" required="required" aria-required="true" /></div>
  <input autocomplete="off" data-drupal-selector="form-8sLQpVqUzQ" type="hidden" name="form_build_id" value="form-8sLQpVqUzQ-kGv0aA1bB2cC3dD4eE5fF6gG7hH8iI9" />
  <input data-drupal-selector="edit-user-login-form" type="hidden" name="form_id" value="user_login_form" />
  <div data-drupal-selector="edit-actions" class="form-actions" id="edit-actions"><input data-drupal-selector="edit-submit" type="submit" id="edit-submit--2" name="op" value="${w.logIn}" class="button js-form-submit form-submit" /></div>
</form>`,
  )
}

export const consentQuery = 'response_type=code&amp;client_id=app&amp;scope=content%3Aread&amp;state=a%26b'

export function consentPage(language: Language, suffix = ''): string {
  const w = words[language]
  return page(
    language,
    `<h1>${w.grant}</h1>
<form class="simple-oauth-authorize-form" data-drupal-selector="simple-oauth-authorize-form" action="/oauth/authorize?${consentQuery}" method="post" id="simple-oauth-authorize-form${suffix}" accept-charset="UTF-8">
  <h3>${w.lead} '<em class="placeholder">App</em>':</h3>
  <ul data-drupal-selector="edit-scopes"><li>${w.scope}</li><li>contract:debug</li></ul>
  <input data-drupal-selector="edit-redirect-uri" type="hidden" name="redirect_uri" value="https://client.example.test/callback" />
  <input autocomplete="off" data-drupal-selector="form-abc" type="hidden" name="form_build_id" value="form-abcabcabcabcabcabcabcabcabcabcabc" />
  <input data-drupal-selector="edit-simple-oauth-authorize-form-form-token" type="hidden" name="form_token" value="T0ken_of-the-session" />
  <input data-drupal-selector="edit-simple-oauth-authorize-form" type="hidden" name="form_id" value="simple_oauth_authorize_form" />
  <div data-drupal-selector="edit-actions" class="form-actions"><input data-drupal-selector="edit-cancel" type="submit" id="edit-cancel${suffix}" name="op" value="${w.deny}" class="button js-form-submit form-submit" /><input data-drupal-selector="edit-submit" type="submit" id="edit-submit${suffix || '--2'}" name="op" value="${w.allow}" class="button js-form-submit form-submit" /></div>
</form>`,
  )
}
