import { replacing, type Fault } from './fault.ts'

/** Only this profile has the endpoints. */
const only = 'ideal'
const response = 'RFC 7591 §3.2.1'
const management = 'RFC 7592 §2'

export const registrationFaults: readonly Fault[] = [
  replacing(
    'registration-answers-200',
    'registrationStatus',
    { gain: 'Clients take a registration for one that failed.', source: 'RFC 7591 §3.2', only },
    () => 200,
  ),
  replacing(
    'registration-not-returned',
    'registrationResponse',
    { gain: 'A client does not learn which of its redirect URIs it may use.', source: response, only },
    () =>
      ({ redirect_uris: _, ...members }) =>
        members,
  ),
  replacing(
    'registration-forgets-redirect-uris',
    'registeredRedirectUris',
    { gain: 'Clients that register cannot log in.', source: 'RFC 7591 §2', only },
    () => () => [],
  ),
  replacing(
    'registration-takes-client-id',
    'registeredId',
    { gain: 'Anybody can replace the redirect URIs of another client.', source: response, only },
    (own) => (metadata) => (typeof metadata['client_id'] === 'string' ? metadata['client_id'] : own(metadata)),
  ),
  replacing(
    'registration-of-any-redirect-uri',
    'registrableRedirectUri',
    { gain: 'Codes go over plain HTTP, or a script runs on the site.', source: 'RFC 7591 §5', only },
    () => () => true,
  ),
  replacing(
    'registration-error-of-its-own',
    'registrationErrorCode',
    { gain: 'Clients do not learn why they are rejected.', source: 'RFC 7591 §3.2.2', only },
    () => () => 'invalid_request',
  ),
  replacing(
    'registration-of-anything',
    'registrationMetadata',
    { gain: 'Half a registration becomes a client.', source: 'RFC 7591 §3.2.2', only },
    (own) => (text) => {
      const metadata = own(text)
      return Array.isArray(metadata?.['redirect_uris'])
        ? metadata
        : { ...metadata, redirect_uris: ['https://anybody.example.test/'], token_endpoint_auth_method: 'none' }
    },
  ),
  replacing(
    'registration-of-every-grant',
    'registeredGrants',
    { gain: 'Any client can ask users for their passwords.', source: 'RFC 9700 §2.4', only },
    () => (asked) => asked,
  ),
  replacing(
    'registration-secret-for-public',
    'secretForRegistered',
    { gain: 'A secret that every copy of an app holds counts as one.', source: 'RFC 7591 §2', only },
    () => () => true,
  ),
  replacing(
    'registration-secret-expiry-missing',
    'registrationResponse',
    { gain: 'Clients fail on the day their secret expires.', source: response, only, mechanism: 'lifetime' },
    () =>
      ({ client_secret_expires_at: _, ...members }) =>
        members,
  ),
  replacing(
    'registration-open-to-everyone',
    'registrationTokenMatches',
    { gain: 'Anybody can delete the clients of others.', source: management, only },
    () => () => true,
  ),
  replacing(
    'registration-token-of-any-client',
    'registrationTokenMatches',
    { gain: 'A registered client can delete the others.', source: management, only },
    () => (_registration, token, state) => [...state.registrations.values()].some((one) => one.token === token),
  ),
  replacing(
    'registration-delete-without-effect',
    'unregister',
    { gain: 'A client that was deleted still gets tokens.', source: 'RFC 7592 §2.3', only },
    () => () => undefined,
  ),
]
