import {
  clientCredentials,
  contractTest,
  describe,
  holds,
  must,
  refused,
  scopes,
  variant,
  verifier,
  without,
} from '../../helpers/contract/index.ts'

describe('token endpoint: input that no client sends', () => {
  contractTest('garbage.parameter', {
    title: 'a parameter that makes no sense is refused, without an error of the server',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    variants: {
      'client_id as a list': { params: { client_id: null, 'client_id[]': 'a-client' } },
      'client_id as a list with a name': { params: { client_id: null, 'client_id[ne]': '' } },
      'client_id with NUL': { params: { client_id: 'a-client\0' } },
      'client_id with line breaks': { params: { client_id: 'a-client\r\nSet-Cookie: a=b' } },
      'client_id with quotes': { params: { client_id: "' OR '1'='1" } },
      'client_id with wildcards': { params: { client_id: '%' } },
      'client_id with a path': { params: { client_id: '../../../etc/passwd' } },
      'client_id with an emoji': { params: { client_id: '🔑' } },
      'client_id of zero': { params: { client_id: '0' } },
      'client_id of spaces': { params: { client_id: '   ' } },
      'client_secret as a list': { params: { client_secret: null, 'client_secret[]': 'x' } },
      'client_secret with NUL': { params: { client_secret: 'a-secret\0' } },
      'grant_type as a list': { params: { grant_type: null, 'grant_type[]': 'client_credentials' } },
      'grant_type with markup': { params: { grant_type: '<script>alert(1)</script>' } },
      'grant_type with NUL': { params: { grant_type: 'client_credentials\0x' } },
      'scope with NUL': { params: { scope: 'a-scope\0x' } },
      'scope with control characters': { params: { scope: 'a\u0001\u001b[31mscope' } },
      'scope with line breaks': { params: { scope: 'a-scope\r\nSet-Cookie: a=b' } },
      'scope with markup': { params: { scope: '<script>alert(1)</script>' } },
      'scope with a template': { params: { scope: '{{7*7}}${7*7}<%=7*7%>' } },
      'scope with a text from right to left': { params: { scope: '\u202eepocs' } },
      'scope as JSON': { params: { scope: '{"$ne":null}' } },
      'scope of percent signs': { params: { scope: '%s%n%00' } },
    },
    when: [clientCredentials({ params: variant('params') })],
    then: [
      refused(['invalid_request', 'invalid_client', 'invalid_scope', 'unsupported_grant_type']),
      holds({ body: without('#[0-9] |stack|trace|\\.php\\b|/vendor/', 'a stack trace or a path') }),
    ],
  })

  contractTest('garbage.scope-list', {
    title: 'a scope that is a list is refused, without an error of the server',
    sources: [must('RFC6749', '3.3'), must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machineUnlimited' },
    control: [clientCredentials({ params: { scope: scopes('content') } })],
    variants: {
      'a list': { params: { 'scope[]': 'a-scope' } },
      'lists in a list': { params: { 'scope[a][b][]': 'a-scope' } },
    },
    when: [clientCredentials({ params: variant('params') })],
    then: refused(['invalid_request', 'invalid_scope']),
  })

  contractTest('garbage.grant', {
    title: 'a code or refresh token that makes no sense is refused, without an error of the server',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['authorization_code', 'refresh_token'],
    given: { client: 'confidential' },
    control: [clientCredentials({ client: 'machine' })],
    variants: {
      'code as a list': { params: { grant_type: 'authorization_code', 'code[]': 'x' } },
      'code with NUL': { params: { grant_type: 'authorization_code', code: 'a-code\0x' } },
      'code of half a byte': { params: { grant_type: 'authorization_code', code: 'def50200abc' } },
      'code with markup': { params: { grant_type: 'authorization_code', code: '<b>a-code</b>' } },
      'code that is a JWT': { params: { grant_type: 'authorization_code', code: 'e30.e30.e30' } },
      'redirect_uri as a list': { params: { grant_type: 'authorization_code', code: 'a-code', 'redirect_uri[]': 'x' } },
      'code_verifier as a list': {
        params: { grant_type: 'authorization_code', code: 'a-code', 'code_verifier[]': 'x' },
      },
      'refresh_token as a list': { params: { grant_type: 'refresh_token', 'refresh_token[]': 'x' } },
      'refresh_token with NUL': { params: { grant_type: 'refresh_token', refresh_token: 'a-token\0x' } },
      'refresh_token of half a byte': { params: { grant_type: 'refresh_token', refresh_token: 'def50200abc' } },
      'refresh_token that is a JWT': { params: { grant_type: 'refresh_token', refresh_token: 'e30.e30.e30' } },
    },
    when: [clientCredentials({ params: variant('params') })],
    then: [
      refused(['invalid_request', 'invalid_grant']),
      holds({ body: without('#[0-9] |stack|trace|\\.php\\b|/vendor/', 'a stack trace or a path') }),
    ],
  })

  contractTest('garbage.body', {
    title: 'a body that is no form is refused, without an error of the server',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['client_credentials'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    variants: {
      empty: { body: '' },
      separators: { body: '&&&==&=&' },
      JSON: { body: '{"grant_type":"client_credentials","client_id":"a-client"}' },
      XML: { body: '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' },
      'an object of PHP': { body: 'O:8:"stdClass":1:{s:1:"a";b:1;}' },
      'broken percent signs': { body: 'grant_type=%zz&client_id=%&client_secret=%4' },
      'broken UTF-8': { body: 'grant_type=client_credentials&client_id=%FF%FE&client_secret=%C3%28' },
      'UTF-8 too long for its character': {
        body: 'grant_type=client_credentials&client_id=%C0%AF&client_secret=%C0%80',
      },
      'broken UTF-8 in a scope': { body: 'grant_type=client_credentials&client_id=a-client&scope=%FF%FE' },
      'names of PHP': { body: 'GLOBALS[a]=1&_SERVER[b]=2&grant.type=x&client_id=a-client' },
    },
    when: [clientCredentials({ body: variant('body') })],
    then: [
      refused(['invalid_request', 'invalid_client', 'unsupported_grant_type']),
      holds({ body: without('#[0-9] |stack|trace|\\.php\\b|/vendor/', 'a stack trace or a path') }),
    ],
  })

  contractTest('garbage.oversized', {
    title: 'a parameter of 20,000 characters is refused, without an error of the server',
    sources: [must('RFC6749', '5.2')],
    severity: 'medium',
    requires: ['client_credentials', 'site.stress'],
    given: { client: 'machine' },
    control: [clientCredentials()],
    variants: {
      client_id: { params: { client_id: verifier({ length: 20_000 }) } },
      client_secret: { params: { client_secret: verifier({ length: 20_000 }) } },
      grant_type: { params: { grant_type: verifier({ length: 20_000 }) } },
      scope: { params: { scope: verifier({ length: 20_000 }) } },
    },
    when: [clientCredentials({ params: variant('params') })],
    then: refused(['invalid_request', 'invalid_client', 'invalid_scope', 'unsupported_grant_type']),
  })
})
