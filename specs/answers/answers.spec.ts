import {
  between,
  clientCredentials,
  contractTest,
  describe,
  equals,
  everyAnswer,
  holds,
  should,
} from 'simple-oauth-contract'

describe('All answers of a run', () => {
  contractTest('answers.no-internals', {
    title: 'No answer of the whole run discloses a stack trace, a file path, a class name or SQL',
    sources: [should('ASVS', '16.5.1')],
    severity: 'medium',
    // The answers to all other contracts' checks count as well.
    when: [
      clientCredentials({
        params: { grant_type: 'urn:example:no-such-grant' },
        expect: holds({ status: between(400, 599) }),
      }),
      everyAnswer(),
    ],
    then: holds({ 'answers.internals': equals([]) }),
  })
})
