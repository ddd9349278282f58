import type { DeviceCode, State } from '../core/state.ts'
import { deviceGrantType } from '../core/device-mechanisms.ts'
import { replacing, type Fault } from './fault.ts'

/** Only this profile has the endpoints. */
const only = 'ideal'
const request = 'RFC 8628 §3.4'
const response = 'RFC 8628 §3.5'

/** An approved code that has not been redeemed. */
const anyApproved = (state: State): DeviceCode | undefined =>
  [...state.deviceCodes.values()].findLast(({ decision, used }) => decision === 'allow' && !used)

let issued = 0

export const deviceFaults: readonly Fault[] = [
  replacing(
    'device-lifetime-missing',
    'deviceResponse',
    { gain: 'Devices poll forever.', source: 'RFC 8628 §3.2', only },
    () =>
      ({ expires_in: _, ...members }) =>
        members,
  ),
  replacing(
    'device-code-guessable',
    'deviceCodeValue',
    { gain: 'Whoever counts gets the tokens of a user who approves a device.', source: 'RFC 8628 §5.2', only },
    () => () => `device-${(issued += 1)}`,
  ),
  replacing(
    'device-authorization-without-secret',
    'deviceAuthenticates',
    {
      gain: 'Anybody can ask users for their approval in the name of a confidential client.',
      source: 'RFC 8628 §3.1',
      only,
    },
    () => () => false,
  ),
  replacing(
    'device-page-without-login',
    'devicePageIsOpen',
    { gain: 'Anybody can approve a device.', source: 'RFC 8628 §3.3', only },
    () => true,
  ),
  replacing(
    'device-without-decision',
    'deviceChecks',
    { gain: 'A device gets tokens without its user.', source: response, only },
    (own) => own.filter((check) => check !== 'pending'),
  ),
  replacing(
    'device-never-decided',
    'decideDevice',
    { gain: 'Devices wait for a decision that never comes.', source: response, only },
    () => () => undefined,
  ),
  replacing(
    'device-denial-forgotten',
    'decideDevice',
    { gain: 'A device that was denied goes on asking.', source: response, only },
    (own) => (code, decision, account) => {
      if (decision === 'allow') own(code, decision, account)
    },
  ),
  replacing(
    'device-denial-approves',
    'decideDevice',
    { gain: 'A device that was denied gets tokens.', source: response, only },
    (own) => (code, _decision, account) => {
      own(code, 'allow', account)
    },
  ),
  replacing(
    'device-code-usable-twice',
    'consumeDeviceCode',
    { gain: 'Whoever reads a device code that was used gets tokens of its user.', source: 'RFC 6749 §5.2', only },
    () => () => undefined,
  ),
  replacing(
    'device-code-for-any-client',
    'deviceCodeBelongsTo',
    { gain: 'Another client that reads a device code gets the tokens.', source: 'RFC 6749 §5.2', only },
    () => () => true,
  ),
  replacing(
    'device-poll-without-secret',
    'authenticates',
    { gain: 'Whoever reads the device code of a confidential client gets its tokens.', source: request, only },
    (own) => (client, grant) => grant !== deviceGrantType && own(client, grant),
  ),
  replacing(
    'device-code-any-text',
    'storedDeviceCode',
    { gain: 'Anybody gets the tokens of a user who approves a device.', source: request, only },
    (own) => (state, value) => own(state, value) ?? (value === null ? undefined : anyApproved(state)),
  ),
  replacing(
    'device-code-optional',
    'storedDeviceCode',
    { gain: 'Anybody gets the tokens of a user who approves a device.', source: request, only, mechanism: 'parsing' },
    (own) => (state, value) => (value === null ? anyApproved(state) : own(state, value)),
  ),
  replacing(
    'device-code-never-expires',
    'deviceCodeIsCurrent',
    { gain: 'A device code that lay around for weeks still gets tokens.', source: response, only },
    () => () => true,
  ),
]
