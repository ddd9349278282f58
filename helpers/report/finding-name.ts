/** The beginning of a finding's path, and what people call the finding. */
const names: readonly (readonly [RegExp, (match: readonly string[]) => string])[] = [
  [/^token\.(?:issued|error|not-offered)$/u, () => 'answer of the token endpoint'],
  [/^authorize\.(?:issued|code|not-offered)$/u, () => 'answer of the authorization endpoint'],
  [/^authorize\.error$/u, () => 'error of the authorization endpoint'],
  [/^authorize\.delivery$/u, () => 'where the error is sent'],
  [/^authorize\.state$/u, () => '`state` that the client gets back'],
  [/^resource\.access$/u, () => 'access to the protected resource'],
  [/^resource\.error$/u, () => 'error of the protected resource'],
  [/^resource\.challenge$/u, () => 'header `WWW-Authenticate` of the protected resource'],
  [/^page$/u, () => 'page that the user sees'],
  [/^status$/u, () => 'status of the answer'],
  [/^race\.successes$/u, () => 'how many of the concurrent requests succeed'],
  [/^race\.broken$/u, () => 'server errors among the concurrent requests'],
  [/^cors\.readers$/u, () => 'whose scripts can read the answer'],
  [/^consent\.scopes$/u, () => 'number of scopes on the consent form'],
  [/^login\.accepted$/u, () => 'whether the login succeeds'],
  [/^json$/u, () => 'what the JSON of the answer contains'],
  [/^json\.(.+)$/u, ([, name = '']) => `\`${name}\` in the JSON of the answer`],
  [/^header\.(.+)$/u, ([, name = '']) => `header \`${name}\` of the answer`],
  [/^callback\.(.+)$/u, ([, name = '']) => `\`${name}\` in the redirect to the client`],
  [/^access_token\.claims\.(.+)$/u, ([, name = '']) => `\`${name}\` in the access token`],
  [/^id_token\.claims\.(.+)$/u, ([, name = '']) => `\`${name}\` in the ID token`],
]

/** What a finding is about, for a reader who does not know its path; undefined where its path says enough. */
export function findingName(path: string): string | undefined {
  // `first: token.issued` is the finding of an earlier step.
  const own = path.slice(path.lastIndexOf(': ') + 1).trim()
  for (const [pattern, text] of names) {
    const match = pattern.exec(own)
    if (match) return text(match)
  }
  return undefined
}
