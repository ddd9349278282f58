import { expect, test } from 'vitest'
import { refuseFirst } from '../../helpers/contract/refuse-first.ts'
import type { TargetInfo, UserInfo } from '../../helpers/model/target.ts'

const target = { mapped: true } as TargetInfo
const editor: UserInfo = { role: 'editor', name: 'admin', password: 'x' }

test('a mapped user is not user 1, unless the site file says so', () => {
  expect(refuseFirst(target, editor, '1')).toEqual({
    cause: 'user-is-first',
    message:
      '"admin" is user 1, which has every permission, so a missing permission of others would go unnoticed. Use another account, with the ' +
      'roles of the users that log in to the clients. If user 1 is restricted there, set its uid to 1.',
  })
  expect(refuseFirst(target, editor, '7')).toBeNull()
  expect(refuseFirst(target, editor, null)).toBeNull()
  expect(refuseFirst(target, { ...editor, uid: '1' }, '1')).toBeNull()
  expect(refuseFirst(target, { ...editor, role: 'superUser' }, '1')).toBeNull()
  expect(refuseFirst({ ...target, provisioned: true }, editor, '1')).toBeNull()
  expect(refuseFirst({} as TargetInfo, editor, '1')).toBeNull()
})
