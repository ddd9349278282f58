/** Alternatives if an image or a package cannot be fetched, as the end of a message. */
export const waysOut = [
  '\nThree alternatives without it:',
  '  --target reference             look around: no Drupal, nothing to download',
  '  --base-image NAME              build on an image that is on this machine',
  '  --target php --codebase DIR    test a codebase with the PHP of this machine',
].join('\n')
