import { replacing, type Fault } from './fault.ts'

const shape = 'RFC 6749 §5.2'

export const answerFaults: readonly Fault[] = [
  replacing(
    'refusal-with-200',
    'errorStatus',
    { gain: 'Clients and monitors take a refusal for success.', source: shape },
    () => () => 200,
  ),
  replacing(
    'refusal-with-500',
    'errorStatus',
    { gain: 'A wrong request looks like a broken server; attacks hide among faults.', source: shape },
    () => () => 500,
  ),
  replacing(
    'error-code-wrong',
    'oauthError',
    { gain: 'Clients go on with a grant that is dead.', source: shape },
    (own) => (failure) => {
      const error = own(failure)
      return { ...error, error: error.error === 'invalid_request' ? 'invalid_scope' : 'server_error' }
    },
  ),
  replacing(
    'error-not-redirected',
    'oauthError',
    { gain: 'None by itself; the client never learns what went wrong.', source: 'RFC 6749 §4.1.2.1' },
    (own) => (failure) => ({ ...own(failure), redirect: false }),
  ),
  replacing(
    'error-with-stack-trace',
    'errorBody',
    { gain: 'Paths, versions and values of the server are told to everybody.', source: 'CWE-209' },
    (own) => (error) => ({ ...own(error), trace: new Error(error.error).stack }),
  ),
  replacing(
    'error-without-code',
    'errorBody',
    { gain: 'None by itself; clients cannot react.', source: shape },
    (own) => (error) => ({ ...own(error), error: undefined }),
  ),
  replacing(
    'error-as-object',
    'errorBody',
    { gain: 'Clients crash on the refusal.', source: shape },
    (own) => (error) => ({ ...own(error), error: { code: error.error } }),
  ),
  replacing(
    'error-in-any-characters',
    'errorBody',
    { gain: 'Quotes and line breaks end in headers and logs of clients.', source: shape },
    (own) => (error) => ({ ...own(error), error_description: `"${error.description}"\r\n` }),
  ),
  replacing(
    'error-repeats-value',
    'oauthError',
    { gain: 'Secrets end in the error logs of clients.', source: 'CWE-209' },
    (own) => (failure) => ({ ...own(failure), description: `Not accepted: ${failure.subject}` }),
  ),
  replacing(
    'metadata-missing',
    'metadata',
    { gain: 'None by itself; clients guess what the server can do.', source: 'RFC 9700 §2.6', only: 'ideal' },
    () => () => null,
  ),
  replacing(
    'metadata-promises-password-grant',
    'metadata',
    { gain: 'Clients are led to collect the passwords of users.', source: 'RFC 9700 §2.4, §2.6', only: 'ideal' },
    (own) => (origin) => ({ ...own(origin), grant_types_supported: ['authorization_code', 'password'] }),
  ),
  replacing(
    'basic-without-challenge',
    'challengeHeaders',
    { gain: 'None by itself; clients cannot tell how to authenticate.', source: shape },
    () => () => [],
  ),
]
