/**
 * The checks that no fault proves yet, and what would: it can only become shorter. Nothing about the rule is loosened for them.
 */
export const unproven: Readonly<Record<string, string>> = {
  'pkce.every-client [public, required]':
    'a fault that breaks the code grant of such clients breaks the plain flow of more than 5 % of all checks',
  'policy.grant-offered [publicPkce: authorization_code]':
    'a fault that breaks the code grant breaks the plain flow of more than 5 % of all checks',
}
