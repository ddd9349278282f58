import {
  absent,
  authorize,
  between,
  codeGrant,
  codeIssued,
  contractTest,
  describe,
  differsFrom,
  equals,
  exchange,
  granted,
  holds,
  manageRegistration,
  must,
  ofSchema,
  oneOf,
  ref,
  refused,
  refusedWithPage,
  register,
  should,
  variant,
} from 'simple-oauth-contract'

const callback = 'https://client.example.test/callback'
const confidential = { token_endpoint_auth_method: 'client_secret_basic' }
const rejected = holds({ status: between(400, 499), 'json.client_id': absent() })

describe('Registration of clients by themselves', () => {
  contractTest('registration.registered', {
    title: 'A registration is answered with 201 and a `client_id`',
    sources: [must('RFC7591', '3.2')],
    severity: 'low',
    when: register(),
    then: holds({
      status: equals(201),
      json: ofSchema({
        title: 'a registration with client_id',
        type: 'object',
        required: ['client_id'],
        properties: { client_id: { type: 'string', minLength: 1 } },
      }),
    }),
  })

  contractTest('registration.metadata-returned', {
    title: 'The response contains the redirect URIs that were registered',
    sources: [must('RFC7591', '3.2.1')],
    severity: 'low',
    when: register({ metadata: { redirect_uris: [callback] } }),
    then: holds({ 'json.redirect_uris': equals([callback]) }),
  })

  contractTest('registration.login', {
    title: 'A registered public client gets tokens with PKCE',
    sources: [must('RFC7591', '3.2'), must('RFC6749', '4.1.4')],
    severity: 'high',
    when: [
      register({ as: 'app' }),
      authorize({ registered: 'app', as: 'flow', expect: codeIssued() }),
      exchange('flow'),
    ],
    then: granted(),
  })

  contractTest('registration.client-id-unique', {
    title: 'Each registration gets a `client_id` of its own, whatever the client proposes',
    sources: [should('RFC7591', '3.2.1')],
    severity: 'high',
    when: [register({ as: 'first' }), register({ metadata: { client_id: ref('first.client_id') } })],
    then: holds({ 'json.client_id': differsFrom('first.client_id') }, { ifPresent: 'json.client_id' }),
  })

  contractTest('registration.redirect-uri', {
    title: 'A redirect URI that others could read or that runs a script is not registered',
    sources: [must('RFC7591', '5'), must('RFC6749', '3.1.2')],
    severity: 'high',
    control: register(),
    variants: {
      'with a fragment': 'https://client.example.test/callback#fragment',
      'plain http': 'http://client.example.test/callback',
      'the scheme javascript': 'javascript:alert(document.domain)//callback',
      'the scheme data': 'data:text/html,<script>alert(1)</script>',
      relative: '/callback',
    },
    when: register({ metadata: { redirect_uris: [variant()] } }),
    then: rejected,
  })

  contractTest('registration.error', {
    title: 'A rejected registration is answered with 400 and an error of RFC 7591',
    sources: [must('RFC7591', '3.2.2')],
    severity: 'low',
    control: register(),
    variants: {
      'a redirect URI without a scheme': { redirect_uris: ['client.example.test'] },
      'an unknown authentication method': { token_endpoint_auth_method: 'contract-no-such-method' },
    },
    when: register({ metadata: variant() }),
    then: holds({ status: equals(400), 'json.error': oneOf('invalid_redirect_uri', 'invalid_client_metadata') }),
  })

  contractTest('registration.malformed', {
    title: 'A registration that cannot be read is rejected without a server error (5xx)',
    sources: [must('RFC7591', '3.2.2')],
    severity: 'low',
    control: register(),
    variants: {
      'not JSON': 'contract-no-json',
      'an array': '[{"redirect_uris": ["https://client.example.test/callback"]}]',
      'redirect URIs as a string': '{"redirect_uris": "https://client.example.test/callback"}',
    },
    when: register({ body: variant() }),
    then: rejected,
  })

  contractTest('registration.grants', {
    title: 'No client is registered with the implicit or the password grant',
    sources: [must('RFC9700', '2.4'), should('RFC9700', '2.1.2')],
    severity: 'high',
    control: register(),
    variants: ['password', 'implicit'],
    when: register({ metadata: { grant_types: ['authorization_code', variant()] } }),
    then: holds({
      json: ofSchema({
        title: 'no registration with the grant password or implicit',
        type: 'object',
        properties: { grant_types: { type: 'array', items: { not: { enum: ['password', 'implicit'] } } } },
      }),
    }),
  })

  contractTest('registration.public-without-secret', {
    title: 'A client that registers as public gets no secret',
    sources: [must('RFC7591', '2')],
    severity: 'low',
    when: register(),
    then: holds({ status: between(200, 299), 'json.client_secret': absent() }),
  })

  contractTest('registration.secret-expiry', {
    title: 'The registration response says when a secret expires',
    sources: [must('RFC7591', '3.2.1')],
    severity: 'low',
    when: register({ metadata: confidential }),
    then: holds({
      json: ofSchema({
        title: 'a registration with client_secret and client_secret_expires_at',
        type: 'object',
        required: ['client_secret', 'client_secret_expires_at'],
        properties: { client_secret: { type: 'string', minLength: 1 }, client_secret_expires_at: { type: 'integer' } },
      }),
    }),
  })

  contractTest('registration.secret-required', {
    title: 'A client that registered with a secret gets no tokens without it',
    sources: [must('RFC6749', '3.2.1')],
    severity: 'high',
    control: [register({ metadata: confidential, as: 'other' }), codeGrant({ registered: 'other' })],
    when: [
      register({ metadata: confidential, as: 'app' }),
      authorize({ registered: 'app', as: 'flow' }),
      exchange('flow', { authentication: 'none' }),
    ],
    then: refused(['invalid_client', 'invalid_request']),
  })

  contractTest('registration.management-token', {
    title: "A registration cannot be read or deleted without its client's registration access token",
    sources: [must('RFC7592', '2.1'), must('RFC7592', '2.3')],
    severity: 'high',
    control: [register({ as: 'other' }), manageRegistration('other')],
    variants: {
      'read without a token': { method: 'GET', token: null },
      'read with an arbitrary string': { method: 'GET', token: 'contract-no-such-token' },
      "read with another client's token": { method: 'GET', token: ref('second.registration_access_token') },
      'deleted without a token': { method: 'DELETE', token: null },
      "deleted with another client's token": { method: 'DELETE', token: ref('second.registration_access_token') },
    },
    when: [
      register({ as: 'first' }),
      register({ as: 'second' }),
      manageRegistration('first', { method: variant('method'), token: variant('token') }),
    ],
    then: rejected,
  })

  contractTest('registration.deleted', {
    title: 'A client whose registration was deleted gets no code',
    sources: [must('RFC7592', '2.3')],
    severity: 'high',
    control: [register({ as: 'other' }), codeGrant({ registered: 'other' })],
    when: [
      register({ as: 'app' }),
      manageRegistration('app', { method: 'DELETE', as: 'deletion', expect: holds({ status: equals(204) }) }),
      authorize({ registered: 'app' }),
    ],
    then: refusedWithPage(),
  })
})
