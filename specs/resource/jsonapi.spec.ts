import {
  between,
  clientCredentials,
  codeGrant,
  contractTest,
  denied,
  describe,
  equals,
  holds,
  jsonapi,
  must,
  oneOf,
  ref,
  scopes,
  should,
  tampered,
  variant,
} from 'simple-oauth-contract'

const everything = scopes('content', 'contentCreate', 'contentChange', 'contentDelete')
const token = ref('flow.access_token')
/** A page, made with a token for everything. */
const created = [
  clientCredentials({ as: 'flow', params: { scope: everything } }),
  jsonapi('create', { as: 'page', token, expect: holds({ status: equals(201) }) }),
] as const

describe('Protected resource: content by JSON:API', () => {
  contractTest('jsonapi.opened', {
    title: 'A token with the scope for it reads, creates, changes and deletes content',
    sources: [must('RFC6749', '7')],
    severity: 'medium',
    client: 'machineUnlimited',
    variants: {
      read: { op: 'read', status: 200 },
      create: { op: 'create', status: 201 },
      change: { op: 'change', status: 200 },
      delete: { op: 'delete', status: 204 },
    },
    when: [...created, jsonapi(variant('op'), { as: 'done', of: 'page', token })],
    then: holds({ status: equals(variant('status')) }),
    afterwards: [jsonapi('delete', { of: 'page', token }), jsonapi('delete', { of: 'done', token })],
  })

  contractTest('jsonapi.not-shared', {
    title: 'Content that a token reads by JSON:API may not be served to others by a shared cache',
    sources: [must('RFC6749', '7'), should('ASVS', '14.2.2')],
    severity: 'high',
    client: 'machineUnlimited',
    when: [...created, jsonapi('read', { of: 'page', token })],
    then: holds({ status: equals(200), 'shared-cache': oneOf('forbidden', 'unsaid') }),
    afterwards: jsonapi('delete', { of: 'page', token }),
  })

  contractTest('jsonapi.scope', {
    title: 'A token of a machine client reads, creates, changes and deletes no content without the scope for it',
    sources: [must('RFC6749', '7'), should('RFC6750', '3.1')],
    severity: 'critical',
    client: 'machineUnlimited',
    control: [
      clientCredentials({ as: 'all', params: { scope: everything } }),
      jsonapi('create', { as: 'page', token: ref('all.access_token') }),
      jsonapi(variant('op'), {
        of: 'page',
        token: ref('all.access_token'),
        expect: holds({ status: between(200, 299) }),
      }),
      jsonapi('delete', { of: 'page', token: ref('all.access_token') }),
    ],
    variants: {
      read: { op: 'read', scope: scopes('contentCreate', 'contentChange', 'contentDelete') },
      create: { op: 'create', scope: scopes('content', 'contentChange', 'contentDelete') },
      change: { op: 'change', scope: scopes('content', 'contentCreate', 'contentDelete') },
      delete: { op: 'delete', scope: scopes('content', 'contentCreate', 'contentChange') },
    },
    when: [
      clientCredentials({ as: 'all', params: { scope: everything } }),
      jsonapi('create', { as: 'page', token: ref('all.access_token') }),
      clientCredentials({ as: 'flow', params: { scope: variant('scope') } }),
      jsonapi(variant('op'), { of: 'page', token }),
    ],
    then: denied('insufficient_scope'),
    afterwards: jsonapi('delete', { of: 'page', token: ref('all.access_token') }),
  })

  contractTest('jsonapi.forged', {
    title: 'A token that the server did not sign creates, changes and deletes no content',
    sources: [must('RFC7515', '5.2'), must('RFC8725', '3.1'), should('RFC6750', '3.1')],
    severity: 'critical',
    client: 'machineUnlimited',
    control: [
      clientCredentials({ as: 'all', params: { scope: everything } }),
      jsonapi('create', { as: 'page', token: ref('all.access_token') }),
      jsonapi(variant(), { of: 'page', token: ref('all.access_token'), expect: holds({ status: between(200, 299) }) }),
      jsonapi('delete', { of: 'page', token: ref('all.access_token') }),
    ],
    variants: ['create', 'change', 'delete'],
    when: [
      clientCredentials({ as: 'all', params: { scope: everything } }),
      jsonapi('create', { as: 'page', token: ref('all.access_token') }),
      jsonapi(variant(), { of: 'page', token: tampered('all.access_token', 'signature') }),
    ],
    then: denied('invalid_token'),
    afterwards: jsonapi('delete', { of: 'page', token: ref('all.access_token') }),
  })

  contractTest('jsonapi.scope-of-user', {
    title: 'A token of a user creates, changes and deletes no content without a scope for it',
    sources: [must('RFC6749', '7'), should('RFC6750', '3.1')],
    severity: 'critical',
    user: 'writer',
    control: [
      codeGrant({
        as: 'all',
        authorize: {
          scope: scopes('content', 'contentCreate', 'contentChange', 'contentDelete', 'groupC', 'groupD', 'groupE'),
        },
      }),
      jsonapi('create', { as: 'page', token: ref('all.access_token') }),
      jsonapi(variant('op'), {
        of: 'page',
        token: ref('all.access_token'),
        expect: holds({ status: between(200, 299) }),
      }),
      jsonapi('delete', { of: 'page', token: ref('all.access_token') }),
    ],
    variants: {
      create: {
        op: 'create',
        scope: scopes('content', 'contentChange', 'contentDelete', 'groupC', 'groupD', 'groupE'),
      },
      change: {
        op: 'change',
        scope: scopes('content', 'contentCreate', 'contentDelete', 'groupC', 'groupD', 'groupE'),
      },
      delete: {
        op: 'delete',
        scope: scopes('content', 'contentCreate', 'contentChange', 'groupC', 'groupD', 'groupE'),
      },
    },
    when: [
      codeGrant({
        as: 'all',
        authorize: {
          scope: scopes('content', 'contentCreate', 'contentChange', 'contentDelete', 'groupC', 'groupD', 'groupE'),
        },
      }),
      jsonapi('create', { as: 'page', token: ref('all.access_token') }),
      codeGrant({ as: 'flow', authorize: { scope: variant('scope') } }),
      jsonapi(variant('op'), { of: 'page', token }),
    ],
    then: denied('insufficient_scope'),
    afterwards: jsonapi('delete', { of: 'page', token: ref('all.access_token') }),
  })
})
