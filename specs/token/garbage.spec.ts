import {
  clientCredentials,
  contractTest,
  describe,
  holds,
  must,
  refused,
  scopes,
  should,
  variant,
  verifier,
  without,
} from 'simple-oauth-contract'

/** RFC 6749 §5.2 says what an error contains, but forbids nothing. */
const silent = holds(
  { body: without('#[0-9] |stack|trace|\\.php\\b|/vendor/', 'a stack trace or a path') },
  { source: should('ASVS', '16.5.1') },
)

describe('Token endpoint: malformed input', () => {
  contractTest('garbage.parameter', {
    title: 'Malformed client credentials, grant types and scopes are rejected without a 5xx error',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['site.stress'],
    variants: {
      'client_id as an array': { client_id: null, 'client_id[]': 'a-client' },
      'client_id as an array with a key': { client_id: null, 'client_id[ne]': '' },
      'client_id with NUL': { client_id: 'a-client\0' },
      'client_id with line breaks': { client_id: 'a-client\r\nSet-Cookie: a=b' },
      'client_id with quotes': { client_id: "' OR '1'='1" },
      'client_id with wildcards': { client_id: '%' },
      'client_id with a path': { client_id: '../../../etc/passwd' },
      'client_id with an emoji': { client_id: '🔑' },
      'client_id 0': { client_id: '0' },
      'client_id of spaces': { client_id: '   ' },
      'client_secret as an array': { client_secret: null, 'client_secret[]': 'x' },
      'client_secret with NUL': { client_secret: 'a-secret\0' },
      'grant_type as an array': { grant_type: null, 'grant_type[]': 'client_credentials' },
      'grant_type with markup': { grant_type: '<script>alert(1)</script>' },
      'grant_type with NUL': { grant_type: 'client_credentials\0x' },
      'scope with NUL': { scope: 'a-scope\0x' },
      'scope with control characters': { scope: 'a\u0001\u001b[31mscope' },
      'scope with line breaks': { scope: 'a-scope\r\nSet-Cookie: a=b' },
      'scope with markup': { scope: '<script>alert(1)</script>' },
      'scope with template syntax': { scope: '{{7*7}}${7*7}<%=7*7%>' },
      'scope with right-to-left text': { scope: '\u202eepocs' },
      'scope as JSON': { scope: '{"$ne":null}' },
      'scope with percent signs': { scope: '%s%n%00' },
    },
    when: clientCredentials({ params: variant() }),
    then: [refused(['invalid_request', 'invalid_client', 'invalid_scope', 'unsupported_grant_type']), silent],
  })

  contractTest('garbage.scope-list', {
    title: 'A `scope` sent as a PHP array is rejected without a server error (5xx)',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '5.2')],
    severity: 'medium',
    client: 'machineUnlimited',
    requires: ['site.stress'],
    control: clientCredentials({ params: { scope: scopes('content') } }),
    variants: { array: { 'scope[]': 'a-scope' }, 'nested arrays': { 'scope[a][b][]': 'a-scope' } },
    when: clientCredentials({ params: variant() }),
    then: refused(['invalid_request', 'invalid_scope']),
  })

  contractTest('garbage.grant', {
    title: 'Malformed codes, refresh tokens and related parameters are rejected without a 5xx error',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    client: 'confidential',
    requires: ['authorization_code', 'refresh_token', 'site.stress'],
    control: clientCredentials({ client: 'machine' }),
    variants: {
      'code as an array': { grant_type: 'authorization_code', 'code[]': 'x' },
      'code with NUL': { grant_type: 'authorization_code', code: 'a-code\0x' },
      'code with an odd number of hex digits': { grant_type: 'authorization_code', code: 'def50200abc' },
      'code with markup': { grant_type: 'authorization_code', code: '<b>a-code</b>' },
      'code that is a JWT': { grant_type: 'authorization_code', code: 'e30.e30.e30' },
      'redirect_uri as an array': { grant_type: 'authorization_code', code: 'a-code', 'redirect_uri[]': 'x' },
      'code_verifier as an array': { grant_type: 'authorization_code', code: 'a-code', 'code_verifier[]': 'x' },
      'refresh_token as an array': { grant_type: 'refresh_token', 'refresh_token[]': 'x' },
      'refresh_token with NUL': { grant_type: 'refresh_token', refresh_token: 'a-token\0x' },
      'refresh_token with an odd number of hex digits': { grant_type: 'refresh_token', refresh_token: 'def50200abc' },
      'refresh_token that is a JWT': { grant_type: 'refresh_token', refresh_token: 'e30.e30.e30' },
    },
    when: clientCredentials({ params: variant() }),
    then: [refused(['invalid_request', 'invalid_grant']), silent],
  })

  contractTest('garbage.body', {
    title: 'A malformed token request body is rejected without a server error (5xx)',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['site.stress'],
    variants: {
      empty: '',
      separators: '&&&==&=&',
      JSON: '{"grant_type":"client_credentials","client_id":"a-client"}',
      XML: '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
      'serialized PHP object': 'O:8:"stdClass":1:{s:1:"a";b:1;}',
      'invalid percent-encoding': 'grant_type=%zz&client_id=%&client_secret=%4',
      'invalid UTF-8': 'grant_type=client_credentials&client_id=%FF%FE&client_secret=%C3%28',
      'overlong UTF-8': 'grant_type=client_credentials&client_id=%C0%AF&client_secret=%C0%80',
      'invalid UTF-8 in a scope': 'grant_type=client_credentials&client_id=a-client&scope=%FF%FE',
      'PHP variable names': 'GLOBALS[a]=1&_SERVER[b]=2&grant.type=x&client_id=a-client',
    },
    when: clientCredentials({ body: variant() }),
    then: [refused(['invalid_request', 'invalid_client', 'unsupported_grant_type']), silent],
  })

  contractTest('garbage.oversized', {
    title: 'A parameter of 20,000 characters is rejected without a server error (5xx)',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['site.stress'],
    variants: {
      client_id: { client_id: verifier({ length: 20_000 }) },
      client_secret: { client_secret: verifier({ length: 20_000 }) },
      grant_type: { grant_type: verifier({ length: 20_000 }) },
      scope: { scope: verifier({ length: 20_000 }) },
    },
    when: clientCredentials({ params: variant() }),
    then: refused(['invalid_request', 'invalid_client', 'invalid_scope', 'unsupported_grant_type']),
  })
})
