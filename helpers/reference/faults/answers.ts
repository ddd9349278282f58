import { replacing, type Fault } from './fault.ts'

const shape = 'RFC 6749 §5.2'

export const answerFaults: readonly Fault[] = [
  replacing(
    'error-in-redirect-with-path',
    'errorBody',
    {
      gain: 'File paths of the server are disclosed to every client, in the address that it is called with.',
      source: 'CWE-209',
    },
    (own) => (error) =>
      error.redirect
        ? { ...own(error), hint: '/var/www/html/vendor/league/oauth2-server/src/Grant/AuthCodeGrant.php:281' }
        : own(error),
  ),
  replacing(
    'refusal-with-200',
    'errorStatus',
    { gain: 'Clients and monitoring mistake an error for success.', source: shape },
    () => () => 200,
  ),
  replacing(
    'refusal-with-500',
    'errorStatus',
    {
      gain: 'An invalid request looks like a server failure, and attacks go unnoticed among real failures.',
      source: shape,
    },
    () => () => 500,
  ),
  replacing(
    'error-code-wrong',
    'oauthError',
    { gain: 'Clients keep using a grant that is no longer valid.', source: shape },
    (own) => (failure) => {
      const error = own(failure)
      return { ...error, error: error.error === 'invalid_request' ? 'invalid_scope' : 'server_error' }
    },
  ),
  replacing(
    'error-not-redirected',
    'oauthError',
    { gain: 'The client never learns why its request failed.', source: 'RFC 6749 §4.1.2.1' },
    (own) => (failure) => ({ ...own(failure), redirect: false }),
  ),
  replacing(
    'error-with-stack-trace',
    'errorBody',
    { gain: 'File paths, versions and internal values of the server are disclosed to everyone.', source: 'CWE-209' },
    (own) => (error) => ({ ...own(error), trace: new Error(error.error).stack }),
  ),
  replacing(
    'error-without-code',
    'errorBody',
    { gain: 'Clients cannot react to the error.', source: shape },
    (own) => (error) => ({ ...own(error), error: undefined }),
  ),
  replacing(
    'error-as-object',
    'errorBody',
    { gain: 'Clients crash on the error response.', source: shape },
    (own) => (error) => ({ ...own(error), error: { code: error.error } }),
  ),
  replacing(
    'error-in-any-characters',
    'errorBody',
    { gain: "Quotes and line breaks from the error end up in the client's headers and logs.", source: shape },
    (own) => (error) => ({ ...own(error), error_description: `"${error.description}"\r\n` }),
  ),
  replacing(
    'error-repeats-value',
    'oauthError',
    { gain: "Secrets end up in the client's error logs.", source: 'CWE-209' },
    (own) => (failure) => ({ ...own(failure), description: `Not accepted: ${failure.subject}` }),
  ),
  replacing(
    'metadata-missing',
    'metadata',
    { gain: 'Clients have to guess what the server supports.', source: 'RFC 9700 §2.6', only: 'ideal' },
    () => () => null,
  ),
  replacing(
    'endpoints-without-a-use',
    'furtherEndpoints',
    { gain: 'Whoever finds an endpoint that nobody looks after can use it.', source: 'CWE-1059' },
    () => ['/oauth/register', '/oauth/device_authorization', '/oauth/device', '/oauth/par'],
  ),
  replacing(
    'resource-metadata-missing',
    'resourceMetadata',
    { gain: 'Clients do not find out where to log in.', source: 'RFC 9728 §2', only: 'ideal' },
    () => () => null,
  ),
  replacing(
    'resource-metadata-of-another',
    'resourceMetadata',
    { gain: 'Clients get tokens for another resource.', source: 'RFC 9728 §3.3', only: 'ideal' },
    (own) => (origin) => ({ ...own(origin), resource: 'https://elsewhere.example' }),
  ),
  replacing(
    'challenge-without-metadata',
    'challengeParameter',
    { gain: 'Clients have to guess the address of the metadata.', source: 'RFC 9728 §5.1', only: 'ideal' },
    () => () => '',
  ),
  replacing(
    'metadata-without-challenge-methods',
    'metadata',
    { gain: 'Clients refuse to log in.', source: 'MCP, Authorization Code Protection', only: 'ideal' },
    (own) => (origin) => ({ ...own(origin), code_challenge_methods_supported: undefined }),
  ),
  replacing(
    'metadata-without-registration',
    'metadata',
    {
      gain: 'Each client has to be registered manually.',
      source: 'MCP, Client Registration Approaches',
      only: 'ideal',
    },
    (own) => (origin) => {
      const { registration_endpoint: _, ...others } = own(origin) ?? {}
      return { ...others, client_id_metadata_document_supported: false }
    },
  ),
  replacing(
    'metadata-issuer-of-another',
    'metadata',
    { gain: 'Clients that compare the issuer reject the metadata.', source: 'RFC 8414 §3.3', only: 'ideal' },
    (own) => (origin) => ({ ...own(origin), issuer: 'https://elsewhere.example' }),
  ),
  replacing(
    'metadata-promises-password-grant',
    'metadata',
    { gain: "Clients are encouraged to collect users' passwords.", source: 'RFC 9700 §2.4, §2.6', only: 'ideal' },
    (own) => (origin) => ({ ...own(origin), grant_types_supported: ['authorization_code', 'password'] }),
  ),
  replacing(
    'metadata-issuer-elsewhere',
    'metadata',
    { gain: 'A client trusts the server of somebody else.', source: 'RFC 8414 §3.3', only: 'ideal' },
    (own) => (origin) => ({ ...own(origin), issuer: 'https://accounts.elsewhere.example' }),
  ),
  replacing(
    'metadata-elsewhere',
    'metadata',
    { gain: 'Clients send codes and secrets to another host.', source: 'CWE-345', only: 'ideal' },
    (own) => (origin) => ({ ...own(origin), token_endpoint: 'https://accounts.elsewhere.example/oauth/token' }),
  ),
  replacing(
    'metadata-names-missing-endpoint',
    'metadata',
    { gain: 'A client sends its requests to an address where nobody answers.', source: 'RFC 8414 §2', only: 'ideal' },
    (own) => (origin) => ({ ...own(origin), pushed_authorization_request_endpoint: `${origin}/oauth/par` }),
  ),
  replacing(
    'metadata-promises-id-token-response',
    'metadata',
    { gain: 'Users of clients that trust the metadata end up at an error.', source: 'RFC 8414 §2', only: 'ideal' },
    (own) => (origin) => ({ ...own(origin), response_types_supported: ['code', 'id_token'] }),
  ),
  replacing(
    'metadata-promises-plain',
    'metadata',
    { gain: 'Clients choose the weaker PKCE method, and do not even get in.', source: 'RFC 8414 §2', only: 'ideal' },
    (own) => (origin) => ({ ...own(origin), code_challenge_methods_supported: ['S256', 'plain'] }),
  ),
  replacing(
    'basic-without-challenge',
    'challengeHeaders',
    { gain: 'Clients cannot tell how to authenticate.', source: shape },
    () => () => [],
  ),
  replacing(
    'wrong-secret-with-stack-trace',
    'errorBody',
    { gain: 'Whoever fails to authenticate learns file paths and versions of the server.', source: 'CWE-209' },
    (own) => (error) =>
      error.error === 'invalid_client' ? { ...own(error), trace: new Error(error.error).stack } : own(error),
  ),
  replacing(
    'unknown-grant-with-stack-trace',
    'errorBody',
    { gain: 'Whoever asks for a grant that is not offered learns file paths of the server.', source: 'CWE-209' },
    (own) => (error) =>
      error.error === 'unsupported_grant_type' ? { ...own(error), trace: new Error(error.error).stack } : own(error),
  ),
]
