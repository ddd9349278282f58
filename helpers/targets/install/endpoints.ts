import type { Endpoints } from '../../model/target.ts'

/** Paths of a Drupal site that the suite installed. */
export const endpoints: Endpoints = {
  authorize: '/oauth/authorize',
  token: '/oauth/token',
  jwks: '/oauth/jwks',
  resource: '/oauth/debug?_format=json',
  userinfo: '/oauth/userinfo',
  login: '/user/login',
  rolePage: '/contract-role',
  content: '/jsonapi/node/contract_page',
}
