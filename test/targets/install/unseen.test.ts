import { expect, test } from 'vitest'
import { unseenNote } from '../../../helpers/targets/install/unseen.ts'

const seen = [
  { simple_oauth: '6.0.9', drupal: '10.5.5' },
  { simple_oauth: '6.1.0', drupal: '10.5.5' },
]

test('releases with a record need no note, nor do unknown versions', () => {
  expect(unseenNote({ simple_oauth: '6.1.0', drupal: '10.5.5' }, seen)).toBeNull()
  expect(unseenNote({}, seen)).toBeNull()
})

test('a release without a record is named, with those that have one', () => {
  expect(unseenNote({ simple_oauth: '6.1.4', drupal: '10.5.5' }, seen)).toBe(
    'This suite has no record of Simple OAuth 6.1.4 (recorded: 6.0.9, 6.1.0): what the release itself does and what this site changes cannot be distinguished.',
  )
  expect(unseenNote({ simple_oauth: '6.1.4', drupal: '11.4.5' }, seen)).toContain(
    'no record of Simple OAuth 6.1.4 (recorded: 6.0.9, 6.1.0) and Drupal 11.4.5 (recorded: 10.5.5):',
  )
})

test('the records are those of fixtures/observed', () => {
  expect(unseenNote({ simple_oauth: '6.0.9', drupal: '10.5.5' })).toBeNull()
  expect(unseenNote({ simple_oauth: '6.0.5', drupal: '10.5.5' })).toContain(
    'Simple OAuth 6.0.5 (recorded: 5.2.5, 6.0.0, 6.0.9, 6.1.0)',
  )
})
